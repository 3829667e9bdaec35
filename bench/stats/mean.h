/*
 * mean: the arithmetic mean of a few repetitions and its standard error. NaN is a missing value and
 * is left out.
 */
#pragma once

#include <stddef.h>

struct mean {
    double mean;           /* NaN without values */
    double standard_error; /* sd / sqrt(count); NaN with fewer than two values */
    size_t count;          /* of values not missing */
};

struct mean mean_of(const double *values, size_t count);
