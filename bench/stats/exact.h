/*
 * exact: exact null distributions of two rank statistics, as ranks for confidence limits.
 *
 * An interval from order statistics has the r-th smallest and the r-th largest of the pairwise
 * slopes or differences as its limits. Each function returns the largest r at which one side errs
 * with at most `side_alpha`: r counts the values of the statistic whose cumulative probability
 * stays within it. 0: there are too few data for any limit (the limit is infinite).
 *
 * Counted out exactly for data without ties; ties make the limits conservative.
 */
#pragma once

#include <stddef.h>

/* Theil-Sen: inversions of n ranks (Kendall 1938). 13 of 45 for n = 10 and 5 %. */
size_t exact_kendall_rank(size_t count, double side_alpha);

/* Hodges-Lehmann, two samples: Mann and Whitney 1947. 12 of 50 for 10 and 5 values and 5 %. */
size_t exact_mann_whitney_rank(size_t count_a, size_t count_b, double side_alpha);
