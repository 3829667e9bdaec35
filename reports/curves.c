#include "curves.h"

#include <math.h>
#include <stdlib.h>

#include "order.h"

static double share_of_phase(const struct record *record, const struct record_sample *sample)
{
    int64_t from_ns = record->phase_end_ns[sample->phase - 1];
    int64_t to_ns = record->phase_end_ns[sample->phase];
    if (from_ns < 0 || to_ns <= from_ns)
        return 0;
    return fmin(fmax((double)(sample->elapsed_ns - from_ns) / (double)(to_ns - from_ns), 0), 1);
}

double curves_position(const struct record *record, const struct record_sample *sample)
{
    if (sample->phase > PHASE_CHURN) {
        double phases_before = sample->phase == PHASE_QUIET ? 0 : 1;
        return 1 + CURVES_AFTER * (phases_before + share_of_phase(record, sample));
    }
    double planned = (double)record->cycles_planned;
    return planned > 0 ? fmin((double)sample->cycle / planned, 1) : 0;
}

bool curves_shows(const struct record *record, size_t role, const struct record_sample *sample)
{
    int64_t end_ns = record->phase_end_ns[PHASE_RELEASED];
    return sample->role == role && sample->rss_bytes >= 0 && sample->rss_anon_bytes >= 0 &&
           (end_ns < 0 || sample->elapsed_ns <= end_ns);
}

/* The value that held at each step; least and greatest of all samples since the step before go
 * into `min` and `max` as well, so that a peak between two steps is not lost. */
static void resample(const struct record *record, size_t role, double *out, double *min,
                     double *max)
{
    double held = NAN;
    size_t next = 0;
    for (size_t i = 0; i < CURVES_POINTS; i++) {
        double reached = CURVES_END * (double)i / (CURVES_POINTS - 1) + 1e-9;
        for (; next < record->sample_count; next++) {
            const struct record_sample *sample = &record->samples[next];
            if (!curves_shows(record, role, sample))
                continue;
            if (curves_position(record, sample) > reached)
                break;
            held = (double)sample->rss_anon_bytes;
            min[i] = fmin(min[i], held);
            max[i] = fmax(max[i], held);
        }
        out[i] = held;
        min[i] = fmin(min[i], held);
        max[i] = fmax(max[i], held);
    }
}

static void build_row(const struct result_row *row, size_t role, struct curves_row *out)
{
    AUTO_FREE double *values = malloc((row->valid + 1) * CURVES_POINTS * sizeof *values);
    AUTO_FREE double *column = malloc((row->valid + 1) * sizeof *column);
    if (!values || !column)
        abort();
    out->name = row->row->name;
    for (size_t i = 0; i < CURVES_POINTS; i++)
        out->min[i] = out->max[i] = NAN;
    for (size_t block = 0; block < row->valid; block++)
        resample(row->records[block], role, values + block * CURVES_POINTS, out->min, out->max);
    for (size_t i = 0; i < CURVES_POINTS; i++) {
        for (size_t block = 0; block < row->valid; block++)
            column[block] = values[block * CURVES_POINTS + i];
        out->median[i] = order_median(column, row->valid);
    }
}

void curves_build(const struct result_workload *workload, size_t role, struct curves *out)
{
    *out = (struct curves){
        .rows = calloc(workload->row_count + 1, sizeof *out->rows),
        .row_count = workload->row_count,
    };
    if (!out->rows)
        abort();
    for (size_t r = 0; r < workload->row_count; r++) {
        build_row(&workload->rows[r], role, &out->rows[r]);
        for (size_t i = 0; i < CURVES_POINTS; i++)
            out->top_bytes = fmax(out->top_bytes, out->rows[r].max[i]);
    }
}

void curves_release(struct curves *curves)
{
    free(curves->rows);
    *curves = (struct curves){.rows = NULL};
}
