/*
 * run_compare: two stored runs against each other, row by row.
 *
 * Blocks of two runs are not paired, so this is Hodges-Lehmann on logarithms with exact limits: 3
 * blocks against 3 have no 95 % interval, 4 against 4 do. Called better or worse where both Holm's
 * steps over all rows of a metric and 5 % distance are passed; same where the 90 % interval lies
 * within 5 %. Replays are held to their rule (replay_rule.h).
 */
#pragma once

#include "compare.h"
#include "compare_metrics.h"
#include "result.h"

struct run_comparison {
    const char *workload, *row;                 /* borrowed from the first run */
    struct comparison change[COMPARED_METRICS]; /* second run / first run */
};

/* Rows that both runs have. Returns an array of *out_count for the caller to free. */
struct run_comparison *run_compare(const struct result *first, const struct result *second,
                                   size_t *out_count);
