#include "run_compare.h"

#include <math.h>
#include <stdlib.h>

#include "comparable.h"
#include "hodges_lehmann.h"
#include "replay_rule.h"
#include "scratch.h"

struct pair_of_estimates {
    const struct estimate *first, *second;
};

static void compare_metric(const struct pair_of_estimates *pairs, size_t count, size_t metric,
                           struct run_comparison *out);

/* By the less exact of the two. */
static void keep_to_replays(const struct result *first, const struct result *second,
                            enum metric_id metric, const struct run_comparison *row,
                            struct comparison *change)
{
    const struct result *const results[] = {first, second};
    for (size_t i = 0; i < 2; i++) {
        const struct result_workload *workload = comparable_workload(results[i], row->workload);
        if (change->word != COMPARISON_NOT_RANKED)
            change->word = replay_rule_word(&workload->replay, metric, change->ratio, change->word);
    }
}

struct run_comparison *run_compare(const struct result *first, const struct result *second,
                                   size_t *out_count)
{
    size_t room = 1, count = 0;
    for (size_t w = 0; w < first->workload_count; w++)
        room += first->workloads[w].row_count;
    struct run_comparison *list = calloc(room, sizeof *list);
    AUTO_FREE const struct result_row **mine = calloc(room, sizeof *mine);
    AUTO_FREE const struct result_row **theirs = calloc(room, sizeof *theirs);
    AUTO_FREE struct pair_of_estimates *pairs = calloc(room, sizeof *pairs);
    if (!list || !mine || !theirs || !pairs)
        abort();
    for (size_t w = 0; w < first->workload_count; w++) {
        const struct result_workload *workload = &first->workloads[w];
        for (size_t r = 0; r < workload->row_count; r++) {
            const struct result_row *row = &workload->rows[r];
            theirs[count] = comparable_row(second, workload->workload->name, row->row->name);
            if (!theirs[count])
                continue;
            mine[count] = row;
            list[count++] = (struct run_comparison){.workload = workload->workload->name,
                                                    .row = row->row->name};
        }
    }
    for (size_t m = 0; m < COMPARED_METRICS; m++) {
        for (size_t i = 0; i < count; i++)
            pairs[i] = (struct pair_of_estimates){
                &mine[i]->subjects[RECORD_PRIMARY].metric[compared_metrics[m]],
                &theirs[i]->subjects[RECORD_PRIMARY].metric[compared_metrics[m]]};
        compare_metric(pairs, count, m, list);
        for (size_t i = 0; i < count; i++)
            keep_to_replays(first, second, compared_metrics[m], &list[i], &list[i].change[m]);
    }
    *out_count = count;
    return list;
}

static double *logs_of(const struct estimate *estimate)
{
    double *logs = scratch_doubles(estimate->count);
    for (size_t i = 0; i < estimate->count; i++)
        logs[i] = estimate->values[i] > 0 ? log(estimate->values[i]) : NAN;
    return logs;
}

static struct shift shift_of(const struct pair_of_estimates *pair, double side_alpha)
{
    AUTO_FREE double *first = logs_of(pair->first);
    AUTO_FREE double *second = logs_of(pair->second);
    return hodges_lehmann(first, pair->first->count, second, pair->second->count, side_alpha);
}

static enum comparison_word word_at(const struct pair_of_estimates *pair, double side_alpha)
{
    struct shift shift = shift_of(pair, side_alpha);
    if (shift.high < 0 && exp(shift.shift) <= 1 - COMPARE_MARGIN)
        return COMPARISON_BETTER;
    if (shift.low > 0 && exp(shift.shift) >= 1 + COMPARE_MARGIN)
        return COMPARISON_WORSE;
    return COMPARISON_UNDECIDED;
}

static void compare_metric(const struct pair_of_estimates *pairs, size_t count, size_t metric,
                           struct run_comparison *out)
{
    for (size_t i = 0; i < count; i++) {
        struct comparison *change = &out[i].change[metric];
        struct shift wide = shift_of(&pairs[i], COMPARE_ALPHA / 2);
        struct shift narrow = shift_of(&pairs[i], COMPARE_ALPHA);
        *change = (struct comparison){
            .ratio = exp(wide.shift),
            .low = isfinite(wide.low) ? exp(wide.low) : NAN,
            .high = isfinite(wide.high) ? exp(wide.high) : NAN,
            .low_90 = exp(narrow.low),
            .high_90 = exp(narrow.high),
            .p = NAN,
            .p_holm = NAN,
            .blocks = pairs[i].second->count,
        };
        if (change->low_90 >= 1 - COMPARE_MARGIN && change->high_90 <= 1 + COMPARE_MARGIN)
            change->word = COMPARISON_SAME;
    }
    for (size_t tests = count, found = 1; found && tests > 0; tests--) {
        found = 0;
        for (size_t i = 0; !found && i < count; i++) {
            struct comparison *change = &out[i].change[metric];
            enum comparison_word word = word_at(&pairs[i], COMPARE_ALPHA / 2 / (double)tests);
            if (change->word == COMPARISON_BETTER || change->word == COMPARISON_WORSE ||
                word == COMPARISON_UNDECIDED)
                continue;
            change->word = word;
            found = 1;
        }
    }
}
