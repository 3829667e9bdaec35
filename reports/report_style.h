/*
 * report_style: what the place we print to can show.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct report_style {
    bool utf8;   /* the locale's code set; otherwise ASCII stands in */
    bool colour; /* SGR sequences */
    int width;   /* columns */
};

/* Files: UTF-8, no colour, 80 columns. */
extern const struct report_style report_style_plain;

/*
 * UTF-8 by the locale of the environment. Colour on a terminal unless NO_COLOR is set and not empty
 * or TERM is dumb; CLICOLOR_FORCE (not 0) colours anything. Width from the terminal, else COLUMNS,
 * else 80. Leaves the locale of the process as it is.
 */
void report_style_detect(FILE *out, struct report_style *style);
