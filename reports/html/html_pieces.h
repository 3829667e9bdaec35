/*
 * html_pieces: what several parts of report.html write. Knows none of them.
 */
#pragma once

#include <stdio.h>

#include "footnotes.h"
#include "verdict.h"

/* `text` is escaped; NULL: nothing is written. */
void html_paragraph(FILE *out, const char *class, const char *text);

void html_verdict_badge(FILE *out, enum verdict_kind kind);

/* A table that scrolls by itself where the page is narrow; keys reach it. `label` says what it
 * holds; `about` (or NULL) of what, and may hold anything. */
void html_open_table(FILE *out, const char *label, const char *about);
/* The headings "row|verdict|#MiB": those with a # stand over numbers; then the body is open. */
void html_headings(FILE *out, const char *names);
void html_close_table(FILE *out);

/* The number of a reason, raised, and the list of them all: links to "list-index-number". */
void html_footnote_mark(FILE *out, struct footnotes *notes, const char *list, size_t index,
                        const char *reason);
void html_footnotes(FILE *out, const struct footnotes *notes, const char *list, size_t index);
