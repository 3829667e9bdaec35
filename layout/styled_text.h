/*
 * styled_text: one piece of text as a terminal shows it.
 *
 * Width is counted in code points, one column each: all that is printed here is narrow. Control
 * characters become '?', so that no stored name can talk to the terminal.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "text_style.h"

enum text_look { LOOK_PLAIN, LOOK_BOLD, LOOK_DIM, LOOK_RED, LOOK_YELLOW, LOOK_GREEN };

/* Columns that a text takes. */
size_t styled_text_width(const char *text);

/* What fits of a text, with a mark where the rest is missing: `text` itself, or `out`. */
const char *styled_text_cut(const char *text, size_t width, bool utf8, char *out, size_t size);

/* The text in a look, with control characters replaced. */
void styled_text_print(FILE *out, const struct text_style *style, enum text_look look,
                       const char *text);
