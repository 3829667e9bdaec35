#include "compare_metrics.h"

#include <math.h>
#include <stdlib.h>

#include "result.h"
#include "scratch.h"

const enum metric_id compared_metrics[COMPARED_METRICS] = {
    METRIC_RSS_ANON_PEAK,       METRIC_RSS_ANON_END, METRIC_RSS_ANON_QUIET,
    METRIC_CPU_PER_1000_CYCLES, METRIC_JOIN_P99,
};

void compare_metrics(const struct result_workload *workload, size_t blocks,
                     struct result_comparison *out)
{
    AUTO_FREE double *values = scratch_doubles(workload->row_count * blocks);
    size_t pairs = compare_pair_count(workload->row_count);
    for (size_t i = 0; i < COMPARED_METRICS; i++) {
        out[i] = (struct result_comparison){
            .metric = compared_metrics[i],
            .pairs = calloc(pairs ? pairs : 1, sizeof *out[i].pairs),
            .pair_count = pairs,
        };
        if (!out[i].pairs)
            abort();
        compare_metrics_values(workload, blocks, compared_metrics[i], values);
        compare_rows(values, workload->row_count, blocks, out[i].pairs);
    }
}

void compare_metrics_release(struct result_comparison *comparisons)
{
    for (size_t i = 0; i < COMPARED_METRICS; i++) {
        free(comparisons[i].pairs);
        comparisons[i] = (struct result_comparison){.pair_count = 0};
    }
}

void compare_metrics_values(const struct result_workload *workload, size_t blocks,
                            enum metric_id metric, double *out_values)
{
    for (size_t i = 0; i < workload->row_count * blocks; i++)
        out_values[i] = NAN;
    for (size_t r = 0; r < workload->row_count; r++) {
        const struct result_row *row = &workload->rows[r];
        const struct estimate *estimate = &row->subject[RECORD_PEER].metric[metric];
        for (size_t i = 0; i < row->valid; i++)
            out_values[r * blocks + (size_t)row->records[i]->block - 1] = estimate->values[i];
    }
}
