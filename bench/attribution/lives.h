/*
 * lives: several lives of a process in one curve, one after the other.
 *
 * Sure where cycle or elapsed time falls: the counters start again. Else where RSS falls at once to
 * at most half, and for good, to what it was at the start: a restart, or all was let go.
 */
#pragma once

#include "memory_curve.h"

enum { LIVES_MAX = 63, LIFE_ROWS_MIN = 12 };

struct lives {
    size_t begin[LIVES_MAX + 1]; /* first row of each; begin[count] is one past the last row */
    size_t count;                /* at least 1 */
    bool sure;
};

void lives_find(const struct memory_curve *curve, struct lives *out);
