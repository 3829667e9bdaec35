/*
 * compare_metrics: the rows of one workload against each other, on what they cost the primary
 * subject.
 *
 * Rows are paired within blocks: a block in which one of the two has no valid trial is left out of
 * their pair. Blocks of several hosts are taken as such. For each metric all pairs are one family
 * (Holm); method and words: compare.h.
 */
#pragma once

#include <stddef.h>

#include "compare.h"
#include "metrics.h"

struct result_workload;

enum { COMPARED_METRICS = 5 };

/* Peak, end and quiet anonymous RSS, CPU, join p99: of the primary subject. */
extern const enum metric_id compared_metrics[COMPARED_METRICS];

/* One metric over all pairs of rows, in the order of compare_rows(). */
struct result_comparison {
    enum metric_id metric;
    struct comparison *pairs;
    size_t pair_count;
};

/* `out` has room for COMPARED_METRICS. `blocks` is how many were planned. */
void compare_metrics(const struct result_workload *workload, size_t blocks,
                     struct result_comparison *out);
void compare_metrics_release(struct result_comparison *comparisons);

/* values[row * blocks + block - 1] of it; NaN where a row has no valid trial in a block. */
void compare_metrics_values(const struct result_workload *workload, size_t blocks,
                            enum metric_id metric, double *out_values);

/* compared_metrics[index] of `row` against `reference`, host by host: into `out_each` with room for
 * workload->hosts.count. */
void compare_metrics_on_each(const struct result_workload *workload, size_t index, size_t row,
                             size_t reference, struct compare_host *out_each);

/* What `row` is against `reference`, in either order of the two. */
struct comparison compare_metrics_pair(const struct result_comparison *comparison, size_t row,
                                       size_t reference);
