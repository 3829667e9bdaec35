/*
 * order: order statistics. NaN is a missing value and is left out; infinities are not expected.
 *
 * Quantiles interpolate linearly between the two nearest of n values at position q (n - 1), counted
 * from 0 (Hyndman and Fan 1996, type 7; the default of R and of GSL). Without values they are NaN.
 */
#pragma once

#include <stddef.h>

/* Sort ascending, missing values last. Returns how many are not missing. */
size_t order_sort(double *values, size_t count);

/* Of values already sorted and none missing; 0 <= q <= 1. */
double order_quantile_sorted(const double *sorted, size_t count, double q);

/* Puts `values` into another order, in time proportional to their number. */
double order_quantile(double *values, size_t count, double q);

/* Leaves `values` as they are. */
double order_median(const double *values, size_t count);
