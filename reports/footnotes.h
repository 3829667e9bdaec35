/*
 * footnotes: reasons behind "n/a" cells, each said once below the table.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { FOOTNOTES_MAX = 64, FOOTNOTE_MARK_MAX = 16 };

struct footnotes {
    const char *reasons[FOOTNOTES_MAX]; /* borrowed */
    size_t count;
};

/* Number of this reason, from 1; the same reason keeps its number. Past the last place the last
 * number is given: as many different reasons do not occur. */
size_t footnote_number(struct footnotes *notes, const char *reason);

/* The number as a raised mark, or "[3]" in ASCII. Returns `out`. */
const char *footnote_mark(struct footnotes *notes, const char *reason, bool utf8, char *out,
                          size_t size);
