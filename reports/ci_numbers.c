#include "ci_numbers.h"

#include "cleanup.h"

/* Of the primary subject; the first one of every other, too. */
static const enum metric_id kept[] = {
    METRIC_RSS_ANON_PLATEAU, METRIC_RSS_ANON_PEAK,       METRIC_LIVE_RESIDENT_END, METRIC_KEPT_END,
    METRIC_OUTSIDE_END,      METRIC_CPU_PER_1000_CYCLES, METRIC_JOIN_P99};

static size_t numbers_of_row(const struct result_workload *workload)
{
    return ARRAY_LENGTH(kept) + workload->subject_count - 1;
}

bool ci_numbers_next(const struct result *result, size_t *cursor, struct ci_number *out)
{
    for (;; (*cursor)++) {
        size_t place = *cursor, w = 0;
        while (w < result->workload_count &&
               place >= result->workloads[w].row_count * numbers_of_row(&result->workloads[w])) {
            place -= result->workloads[w].row_count * numbers_of_row(&result->workloads[w]);
            w++;
        }
        if (w == result->workload_count)
            return false;
        size_t numbers = numbers_of_row(&result->workloads[w]);
        const struct result_row *row = &result->workloads[w].rows[place / numbers];
        size_t index = place % numbers;
        size_t role = index < ARRAY_LENGTH(kept) ? RECORD_PRIMARY
                                                 : index - ARRAY_LENGTH(kept) + RECORD_PRIMARY + 1;
        enum metric_id metric = role == RECORD_PRIMARY ? kept[index] : kept[0];
        const struct estimate *estimate = &row->subjects[role].metric[metric];
        if (estimate->unavailable)
            continue;
        *out = (struct ci_number){&result->workloads[w], row, row->subjects[role].name,
                                  &metrics[metric], estimate};
        (*cursor)++;
        return true;
    }
}
