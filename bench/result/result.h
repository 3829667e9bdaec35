/*
 * result: everything that is said about a stored run, as one struct: the only input of reports/.
 *
 * Built by result_build() from the stored run alone (pure). Each number is an `estimate` over the
 * valid blocks, or is not available and says why.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "metrics.h"
#include "store.h"
#include "verdict.h"

struct estimate {
    double median, min, max; /* over blocks; NaN when not available */
    double low, high;        /* 95 % t-interval of the mean over blocks; NaN with < 2 blocks */
    double *values;          /* one per valid block in order of block; NaN where missing */
    size_t count;            /* of values */
    const char *unavailable; /* NULL, or why there is no number (borrowed from the run or const) */
};

/* A curve of one signal over the churn and after, resampled to RESULT_CURVE_POINTS equal steps. */
enum { RESULT_CURVE_POINTS = 240 };

struct result_subject {
    struct estimate metric[METRIC_COUNT];
    struct verdict_vote verdict;
    char verdict_sentence[512];
    /* Anonymous RSS over the churn, equal steps of cycles: median, min, max over blocks. NaN where
     * nothing was sampled. */
    double rss_anon_median[RESULT_CURVE_POINTS];
    double rss_anon_min[RESULT_CURVE_POINTS];
    double rss_anon_max[RESULT_CURVE_POINTS];
};

struct result_row {
    const struct run_row *row;
    const char *version;  /* from the first valid trial; NULL */
    const char *identity;
    size_t valid, invalid, failed, repeated;
    const char **reasons; /* of invalid, failed and repeated trials */
    size_t reason_count;
    struct result_subject subject[RECORD_ROLE_COUNT];
};

struct result_workload {
    const struct workload *workload;
    struct result_row *rows;
    size_t row_count;
    char *summary; /* short paragraph: what the table shows */
};

struct result {
    const struct stored_run *stored; /* borrowed */
    struct result_workload *workloads;
    size_t workload_count;
    bool complete; /* every planned trial has a valid record */
    size_t missing; /* planned trials without one */
};

void result_build(const struct stored_run *stored, struct result *out);
void result_release(struct result *result);
DEFINE_AUTO(result, result_release)
