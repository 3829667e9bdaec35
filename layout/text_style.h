/*
 * text_style: what the place we print to can show.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct text_style {
    bool utf8;   /* the locale's code set; otherwise ASCII stands in */
    bool colour; /* SGR sequences */
    int width;   /* columns */
};

/* Files: UTF-8, no colour, 80 columns. */
extern const struct text_style text_style_plain;

/*
 * UTF-8 by the locale of the environment. Colour on a terminal unless NO_COLOR is set and not empty
 * or TERM is dumb; CLICOLOR_FORCE (not 0) colours anything. Width from the terminal, else COLUMNS,
 * else 80. Leaves the locale of the process as it is.
 */
void text_style_detect(FILE *out, struct text_style *style);
