#include "trial_curve.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static bool is_churn(const struct record_sample *sample, size_t role)
{
    return sample->role == role && sample->phase == PHASE_CHURN && sample->rss_anon_bytes >= 0;
}

static size_t count_points(const struct record *record, size_t role, bool round_ends)
{
    size_t count = 0;
    for (size_t i = 0; i < record->sample_count; i++)
        count +=
            is_churn(&record->samples[i], role) && (!round_ends || record->samples[i].at_round_end);
    return count;
}

void trial_curve_build(const struct record *record, size_t role, struct trial_curve *out)
{
    /* Where the statistics became too dear to read, ends of rounds were marked up to then only. */
    bool told = !record->roles[role].stats_at_phase_ends_only;
    size_t count = told ? count_points(record, role, true) : 0;
    bool round_ends = count > 0;
    if (!round_ends)
        count = count_points(record, role, false);

    double *storage = malloc((count ? count : 1) * 4 * sizeof *storage);
    if (!storage)
        abort();
    double *cycle = storage, *live = cycle + count, *heap = live + count, *rss = heap + count;
    bool has_live = true, has_heap = true;
    size_t point = 0;
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct record_sample *sample = &record->samples[i];
        if (!is_churn(sample, role) || (round_ends && !sample->at_round_end))
            continue;
        cycle[point] = (double)sample->cycle;
        live[point] = (double)sample->stat[STAT_LIVE];
        heap[point] = fmin((double)sample->stat[STAT_HEAP], (double)sample->rss_anon_bytes);
        rss[point] = (double)sample->rss_anon_bytes;
        has_live &= sample->stat[STAT_LIVE] >= 0;
        has_heap &= sample->stat[STAT_HEAP] >= 0;
        point++;
    }
    *out = (struct trial_curve){
        .curve = {.cycle = cycle,
                  .live_bytes = has_live && count ? live : NULL,
                  .heap_bytes = has_heap && count ? heap : NULL,
                  .rss_bytes = rss,
                  .count = count},
        .storage = storage,
    };
}

void trial_curve_release(struct trial_curve *curve)
{
    free(curve->storage);
    *curve = (struct trial_curve){0};
}
