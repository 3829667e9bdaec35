/*
 * ceilings_write: a ceilings file from a measured run, with a comment on how each number came
 * about.
 *
 *     at_most = mean + k sd, at least 10 % above the median, rounded up
 *
 * k is the one-sided normal tolerance factor (95 % of runs stay below with 95 % confidence; 2.911
 * for 10 blocks). It is right for choosing a ceiling once; as a test of a run it would be hopeless.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "err.h"
#include "result.h"

enum { CEILINGS_BLOCKS = 10 };

/* k for `count` values, CEILINGS_BLOCKS or more; above 30 the factor for 30, which is larger. */
double ceilings_tolerance_factor(size_t count);

/* The ceiling over these values (NaN: missing), before it is rounded. NaN with too few. */
double ceilings_over(const double *values, size_t count);

/*
 * Every subject of every row: the level of the last third of the churn, and the peak, which only
 * warns. A row that leaks gets no ceiling but a comment: growth has no level. -ENODATA, and nothing
 * written, when a row has fewer than CEILINGS_BLOCKS valid blocks.
 * `rows` is NULL for all, or the names of some, NULL-terminated; -ENOENT for one that was not run.
 */
int ceilings_write(const struct result *result, const char *const *rows, FILE *out,
                   struct err *err);
