/*
 * estimate: what the values of the valid blocks say together. See struct estimate in result.h.
 */
#pragma once

#include <stddef.h>

#include "result.h"

/*
 * Takes over `values` (malloc'd; one per block, NaN where missing). Missing ones are left out of
 * median, min, max and interval. `why` is the reason given when nothing is left (may be NULL when
 * there is something). The interval is Student's t on the mean of the blocks.
 */
void estimate_build(double *values, size_t count, const char *why, struct estimate *out);
/* No number is told of it, whatever its values are. `why` is const or borrowed. */
void estimate_withhold(struct estimate *estimate, const char *why);
void estimate_release(struct estimate *estimate);

/* The interval of a mean over several hosts, each counting once, by the spread of blocks within
 * them (over_hosts.h); where no host has two blocks, by the spread of hosts. `host_of` has one host
 * < host_count per value. */
void estimate_over_hosts(struct estimate *estimate, const size_t *host_of, size_t host_count);

/*
 * Median, min and max over blocks of the anonymous RSS curve of one subject, resampled to equal
 * steps of cycles. Between two samples the earlier one holds; what came before the first sample of
 * the churn is the baseline.
 */
void result_curve_build(const struct record *const *records, size_t count, size_t role,
                        struct result_curve *out);
