#include "giving_back.h"

#include <math.h>
#include <stdlib.h>

#include "cleanup.h"
#include "order.h"

/* Anonymous RSS of the primary subject at `at_ns`: the last look before. */
static double look_back(const struct record *record, int64_t at_ns)
{
    double last = NAN;
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct record_sample *sample = &record->samples[i];
        if (sample->elapsed_ns > at_ns)
            break;
        if (sample->role == RECORD_PRIMARY && sample->rss_anon_bytes >= 0)
            last = (double)sample->rss_anon_bytes;
    }
    return last;
}

void giving_back_build(const struct record *const *records, size_t count, struct giving_back *out)
{
    *out = (struct giving_back){.seconds = NAN};
    for (size_t p = 0; p < GIVING_BACK_POINTS; p++)
        out->median[p] = NAN;
    AUTO_FREE double *values = calloc(count + 1, sizeof *values);
    if (!values)
        abort();
    int64_t shortest_ns = INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        int64_t quiet_ns =
            records[i]->phase_end_ns[PHASE_QUIET] - records[i]->phase_end_ns[PHASE_CHURN];
        shortest_ns = quiet_ns < shortest_ns ? quiet_ns : shortest_ns;
    }
    if (count == 0 || shortest_ns <= 0)
        return;
    out->seconds = (double)shortest_ns / 1e9;
    for (int64_t p = 0; p < GIVING_BACK_POINTS; p++) {
        for (size_t i = 0; i < count; i++)
            values[i] = look_back(records[i], records[i]->phase_end_ns[PHASE_CHURN] +
                                                  shortest_ns * p / (GIVING_BACK_POINTS - 1));
        out->median[p] = order_median(values, count);
    }
}

double giving_back_at(const struct giving_back *curve, double seconds)
{
    double step = round(seconds / curve->seconds * (GIVING_BACK_POINTS - 1));
    return step >= 0 && step < GIVING_BACK_POINTS ? curve->median[(size_t)step] : NAN;
}
