#include "estimate.h"

#include <math.h>
#include <stdlib.h>

#include "interval.h"
#include "order.h"
#include "over_hosts.h"
#include "student.h"

void estimate_build(double *values, size_t count, const char *why, struct estimate *out)
{
    struct interval interval = interval_mean(values, count, 0.95);
    *out = (struct estimate){
        .median = order_median(values, count),
        .min = NAN,
        .max = NAN,
        .low = interval.low,
        .high = interval.high,
        .values = values,
        .count = count,
    };
    for (size_t i = 0; i < count; i++) {
        out->min = fmin(out->min, values[i]);
        out->max = fmax(out->max, values[i]);
    }
    if (isnan(out->median))
        out->unavailable = why;
}

void estimate_withhold(struct estimate *estimate, const char *why)
{
    estimate->median = estimate->min = estimate->max = estimate->low = estimate->high = NAN;
    estimate->unavailable = why;
}

void estimate_over_hosts(struct estimate *estimate, const size_t *host_of, size_t host_count)
{
    struct over_hosts over;
    AUTO_FREE struct over_host *each = malloc(host_count * sizeof *each);
    if (!each)
        abort();
    over_hosts(estimate->values, host_of, estimate->count, host_count, each, &over);
    estimate->low = over.low;
    estimate->high = over.high;
    if (over.degrees <= 0)
        return;
    double reach = student_quantile(0.975, over.degrees) * over.standard_error;
    estimate->low = over.mean - reach;
    estimate->high = over.mean + reach;
}

void estimate_release(struct estimate *estimate)
{
    free(estimate->values);
    *estimate = (struct estimate){0};
}

/* One block's curve: `out[i]` is what held after i / (RESULT_CURVE_POINTS - 1) of the cycles. */
static void resample(const struct record *record, size_t role, double *out)
{
    const struct record_snapshot *start = &record->roles[role].snapshot[PHASE_START];
    double held = start->taken && start->rss_anon_bytes >= 0 ? (double)start->rss_anon_bytes : NAN;
    size_t next = 0;
    for (size_t i = 0; i < RESULT_CURVE_POINTS; i++) {
        double reached = (double)record->cycles_done * (double)i / (RESULT_CURVE_POINTS - 1);
        for (; next < record->sample_count; next++) {
            const struct record_sample *sample = &record->samples[next];
            if (sample->role != role || sample->phase > PHASE_CHURN || sample->rss_anon_bytes < 0)
                continue;
            if ((double)sample->cycle > reached)
                break;
            held = (double)sample->rss_anon_bytes;
        }
        out[i] = held;
    }
}

void result_curve_build(const struct record *const *records, size_t count, size_t role,
                        struct result_curve *out)
{
    size_t cells = count * RESULT_CURVE_POINTS;
    AUTO_FREE double *curves = malloc((cells ? cells : 1) * sizeof *curves);
    AUTO_FREE double *column = malloc((count ? count : 1) * sizeof *column);
    if (!curves || !column)
        abort();
    for (size_t block = 0; block < count; block++)
        resample(records[block], role, curves + block * RESULT_CURVE_POINTS);
    for (size_t i = 0; i < RESULT_CURVE_POINTS; i++) {
        out->min[i] = out->max[i] = NAN;
        for (size_t block = 0; block < count; block++) {
            column[block] = curves[block * RESULT_CURVE_POINTS + i];
            out->min[i] = fmin(out->min[i], column[block]);
            out->max[i] = fmax(out->max[i], column[block]);
        }
        out->median[i] = order_median(column, count);
    }
}
