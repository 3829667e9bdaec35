#include "ci_numbers.h"

#include "cleanup.h"

static const struct {
    enum record_role role;
    enum metric_id metric;
} kept[] = {
    {RECORD_PEER, METRIC_RSS_ANON_PLATEAU},    {RECORD_PEER, METRIC_RSS_ANON_PEAK},
    {RECORD_PEER, METRIC_CPU_PER_1000_CYCLES}, {RECORD_PEER, METRIC_JOIN_P99},
    {RECORD_PROXY, METRIC_RSS_ANON_PLATEAU},
};

bool ci_numbers_next(const struct result *result, size_t *cursor, struct ci_number *out)
{
    for (;; (*cursor)++) {
        size_t place = *cursor / ARRAY_LENGTH(kept), index = *cursor % ARRAY_LENGTH(kept);
        size_t w = 0;
        while (w < result->workload_count && place >= result->workloads[w].row_count)
            place -= result->workloads[w++].row_count;
        if (w == result->workload_count)
            return false;
        const struct result_row *row = &result->workloads[w].rows[place];
        const struct estimate *estimate =
            &row->subject[kept[index].role].metric[kept[index].metric];
        if (estimate->unavailable)
            continue;
        *out = (struct ci_number){&result->workloads[w], row, kept[index].role,
                                  &metrics[kept[index].metric], estimate};
        (*cursor)++;
        return true;
    }
}
