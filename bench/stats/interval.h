/*
 * interval: the mean of a few repetitions and how far it can be trusted.
 *
 * Student's t-interval of a mean; for quantities that differ by factors (bytes, times, their
 * ratios) the same on logarithms: a geometric mean. NaN is a missing value and is left out.
 * Measured coverage with 3, 5 and 10 repetitions: 94 to 96.5 % for 95 %, where a percentile
 * bootstrap has 65 to 81 % at 3.
 */
#pragma once

#include <stddef.h>

#include "mean.h"

struct interval {
    double estimate;  /* NaN without values */
    double low, high; /* NaN with fewer than two values */
    size_t count;     /* of values not missing */
};

/* `confidence` is two-sided: 0.95. */
struct interval interval_of_mean(const struct mean *mean, double confidence);
struct interval interval_mean(const double *values, size_t count, double confidence);

/* Geometric mean and its limits. All NaN when a value is not positive: it has no logarithm, and
 * leaving it out would bend the result. */
struct interval interval_geometric_mean(const double *values, size_t count, double confidence);
