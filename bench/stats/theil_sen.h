/*
 * theil_sen: a slope that a few wild points cannot move: the median of the slopes of all pairs of
 * points, with the exact limits of Kendall's statistic (Sen 1968; exact.h).
 *
 * Points where x or y is NaN are left out, and so are pairs with equal x. Time and memory grow with
 * the square of the number of points: it is for slices of a curve, not for its samples.
 */
#pragma once

#include <stddef.h>

struct slope {
    double slope;     /* NaN without two different x */
    double low, high; /* infinite with too few points, or where x repeats: not known exactly */
};

struct slope theil_sen(const double *x, const double *y, size_t count, double side_alpha);
