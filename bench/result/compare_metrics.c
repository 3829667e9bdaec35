#include "compare_metrics.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "replay_rule.h"
#include "result.h"
#include "scratch.h"

const enum metric_id compared_metrics[COMPARED_METRICS] = {
    METRIC_RSS_ANON_PEAK,       METRIC_RSS_ANON_END, METRIC_RSS_ANON_QUIET,
    METRIC_CPU_PER_1000_CYCLES, METRIC_JOIN_P99,
};

static struct compare_hosts hosts_of(const struct result_workload *workload)
{
    return (struct compare_hosts){.of_block = workload->hosts.of_block,
                                  .count = workload->hosts.count};
}

void compare_metrics(const struct result_workload *workload, size_t blocks,
                     struct result_comparison *out)
{
    AUTO_FREE double *values = scratch_doubles(workload->row_count * blocks);
    size_t pairs = compare_pair_count(workload->row_count);
    const struct compare_hosts hosts = hosts_of(workload);
    for (size_t i = 0; i < COMPARED_METRICS; i++) {
        out[i] = (struct result_comparison){
            .metric = compared_metrics[i],
            .pairs = calloc(pairs ? pairs : 1, sizeof *out[i].pairs),
            .pair_count = pairs,
        };
        if (!out[i].pairs)
            abort();
        compare_metrics_values(workload, blocks, compared_metrics[i], values);
        compare_rows_over(&hosts, values, workload->row_count, blocks, out[i].pairs);
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
        const struct estimate *estimate = &row->subjects[RECORD_PRIMARY].metric[metric];
        for (size_t i = 0; i < row->valid; i++)
            out_values[r * blocks + (size_t)row->records[i]->block - 1] = estimate->values[i];
    }
}

void compare_metrics_on_each(const struct result_workload *workload, size_t index, size_t row,
                             size_t reference, struct compare_host *out_each)
{
    size_t blocks = workload->hosts.blocks;
    const struct compare_hosts hosts = hosts_of(workload);
    AUTO_FREE double *values = scratch_doubles(workload->row_count * blocks);
    compare_metrics_values(workload, blocks, compared_metrics[index], values);
    compare_on_each(&hosts, values + reference * blocks, values + row * blocks, blocks, out_each);
    for (size_t h = 0; h < hosts.count; h++)
        out_each[h].word = replay_rule_word(&workload->replay, compared_metrics[index],
                                            out_each[h].ratio, out_each[h].word);
}

static struct comparison turned_round(struct comparison pair)
{
    struct comparison turned = pair;
    turned.row = pair.reference;
    turned.reference = pair.row;
    if (pair.word == COMPARISON_BETTER || pair.word == COMPARISON_WORSE)
        turned.word = pair.word == COMPARISON_BETTER ? COMPARISON_WORSE : COMPARISON_BETTER;
    turned.ratio = 1 / pair.ratio;
    turned.low = 1 / pair.high;
    turned.high = 1 / pair.low;
    turned.low_90 = 1 / pair.high_90;
    turned.high_90 = 1 / pair.low_90;
    turned.least = 1 / pair.greatest;
    turned.greatest = 1 / pair.least;
    turned.others_low = 1 / pair.others_high;
    turned.others_high = 1 / pair.others_low;
    return turned;
}

struct comparison compare_metrics_pair(const struct result_comparison *comparison, size_t row,
                                       size_t reference)
{
    assert(row != reference);
    for (size_t i = 0; i < comparison->pair_count; i++) {
        const struct comparison *pair = &comparison->pairs[i];
        if (pair->row == row && pair->reference == reference)
            return *pair;
        if (pair->row == reference && pair->reference == row)
            return turned_round(*pair);
    }
    abort(); /* not reached: every two rows are a pair */
}
