#include "replay_curves.h"

#include <math.h>
#include <stdlib.h>

#include "cleanup.h"
#include "order.h"
#include "result.h"
#include "trace_facts.h"

struct curve {
    double *most; /* in each step; NaN: nobody looked */
    double last[REPLAY_CURVE_POINTS];
};

static void open_curve(struct curve *curve, double *out)
{
    curve->most = out;
    for (size_t i = 0; i < REPLAY_CURVE_POINTS; i++)
        out[i] = curve->last[i] = NAN;
}

static void see(struct curve *curve, double share, double bytes)
{
    size_t at = (size_t)(fmin(fmax(share, 0), 1) * (REPLAY_CURVE_POINTS - 1));
    curve->most[at] = fmax(curve->most[at], bytes);
    curve->last[at] = bytes;
}

static void fill(struct curve *curve)
{
    double held = NAN;
    for (size_t i = 0; i < REPLAY_CURVE_POINTS; i++) {
        if (isnan(curve->most[i]))
            curve->most[i] = held;
        else
            held = curve->last[i];
    }
}

void replay_curve_original(const struct trace_run *run, double *out)
{
    struct curve curve;
    int64_t last_ms = run->sample_count > 0 ? run->samples[run->sample_count - 1].ms : 0;
    open_curve(&curve, out);
    for (size_t i = 0; last_ms > 0 && i < run->sample_count; i++)
        if (run->samples[i].heap_bytes >= 0 && run->samples[i].ms >= 0)
            see(&curve, (double)run->samples[i].ms / (double)last_ms,
                (double)run->samples[i].heap_bytes);
    fill(&curve);
}

/* Between two ends of slices it is not known when: in the slice that was being played. */
static void resample(const struct record *record, const struct trace_facts *facts,
                     double outside_bytes, double *out)
{
    struct curve curve;
    int64_t whole_us = facts->slices[facts->slice_count - 1].end_us;
    open_curve(&curve, out);
    for (size_t i = 0; whole_us > 0 && i < record->sample_count; i++) {
        const struct record_sample *sample = &record->samples[i];
        size_t done = sample->cycle > 0 ? (size_t)sample->cycle : 0;
        if (sample->role != RECORD_PRIMARY || sample->phase > PHASE_CHURN ||
            sample->rss_anon_bytes < 0 || done > facts->slice_count)
            continue;
        double at_us = done > 0 ? (double)facts->slices[done - 1].end_us : 0;
        see(&curve, at_us / (double)whole_us, (double)sample->rss_anon_bytes - outside_bytes);
    }
    fill(&curve);
}

void replay_curve_replayed(const struct result_row *row, const struct trace_facts *facts,
                           double outside_bytes, double *out)
{
    size_t blocks = facts->slice_count > 0 ? row->valid : 0;
    AUTO_FREE double *curves = malloc((blocks + 1) * REPLAY_CURVE_POINTS * sizeof *curves);
    AUTO_FREE double *column = malloc((blocks + 1) * sizeof *column);
    if (!curves || !column)
        abort();
    for (size_t block = 0; block < blocks; block++)
        resample(row->records[block], facts, outside_bytes, curves + block * REPLAY_CURVE_POINTS);
    for (size_t i = 0; i < REPLAY_CURVE_POINTS; i++) {
        for (size_t block = 0; block < blocks; block++)
            column[block] = curves[block * REPLAY_CURVE_POINTS + i];
        out[i] = order_median(column, blocks);
    }
}
