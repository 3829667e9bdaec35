/*
 * hodges_lehmann: how far apart two samples are, by medians, with exact rank limits (Hodges and
 * Lehmann 1963; exact.h). On logarithms the shift is a log ratio.
 *
 * NaN is a missing value and is left out. Memory grows with the product of the sample sizes.
 */
#pragma once

#include <stddef.h>

struct shift {
    double shift;     /* NaN without values */
    double low, high; /* each wrong with at most `side_alpha`; infinite with too few values */
};

/* Median of all differences b - a; Mann-Whitney limits. At 2.5 % a side 3 against 3 has none. */
struct shift hodges_lehmann(const double *a, size_t count_a, const double *b, size_t count_b,
                            double side_alpha);
