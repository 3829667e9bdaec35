/*
 * footnotes: reasons behind "n/a" cells, each said once below the table.
 */
#pragma once

#include <stddef.h>

enum { FOOTNOTES_MAX = 64 };

struct footnotes {
    const char *reasons[FOOTNOTES_MAX]; /* borrowed */
    size_t count;
};

/* Number of this reason, from 1; the same reason keeps its number. Past the last place the last
 * number is given: as many different reasons do not occur. */
size_t footnote_number(struct footnotes *notes, const char *reason);
