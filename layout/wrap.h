/*
 * wrap: a paragraph on a terminal.
 */
#pragma once

#include <stdio.h>

#include "styled_text.h"

/* Print `text` in lines of at most the style's width (100 where that is wider: longer lines are
 * hard to read), each after `indent` spaces; the first one has `mark` in their place. A word that
 * is too long goes on in the next line. */
void wrap_print(FILE *out, const struct text_style *style, enum text_look look, const char *mark,
                int indent, const char *text);

/* `columns`, and beside them a text that may be long: on a terminal wrapped there, else all in one
 * line, for grep. */
void wrap_print_last(FILE *out, const char *columns, const char *text);
