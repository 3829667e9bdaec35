/*
 * giving_back: anonymous RSS of the primary subject from the end of the load on, while nothing
 * happens, in equal steps of time up to the release call: who returns memory without being asked,
 * and when.
 */
#pragma once

#include <stddef.h>

#include "record.h"

enum { GIVING_BACK_POINTS = 61 };

struct giving_back {
    double seconds;                    /* from the first point to the last; NaN: not sampled */
    double median[GIVING_BACK_POINTS]; /* over the records */
};

void giving_back_build(const struct record *const *records, size_t count, struct giving_back *out);

/* Its value at `seconds` after the end of the load. */
double giving_back_at(const struct giving_back *curve, double seconds);
