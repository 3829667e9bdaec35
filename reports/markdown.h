/*
 * markdown: text of others inside a Markdown document.
 */
#pragma once

#include <stdio.h>

#include "footnotes.h"

/* Nothing in it becomes markup, or ends a cell of a table. */
void markdown_text(FILE *out, const char *text);

/* The same as a paragraph. */
void markdown_paragraph(FILE *out, const char *text);

/* Lines as they are, each ending with a newline, to be copied. */
void markdown_code(FILE *out, const char *lines);

/* A numbered list of them; nothing where there are none. */
void markdown_footnotes(FILE *out, const struct footnotes *notes);
