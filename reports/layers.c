#include "layers.h"

#include <math.h>
#include <stdlib.h>

#include "curves.h"

const char *const layer_names[] = {
    "live", "thread caches", "free in heap", "metadata", "other anonymous", "file pages", NULL,
};

static const struct record *median_record(const struct result_row *row, size_t role)
{
    const struct estimate *end = &row->subjects[role].metric[METRIC_RSS_ANON_END];
    for (size_t i = 0; i < row->valid; i++) {
        size_t below = 0, equal = 0;
        for (size_t k = 0; k < row->valid; k++) {
            below += end->values[k] < end->values[i];
            equal += end->values[k] == end->values[i];
        }
        size_t middle = (row->valid - 1) / 2;
        if (below <= middle && middle < below + equal)
            return row->records[i];
    }
    return row->valid ? row->records[0] : NULL;
}

/* What can be cut into layers: samples for which the subject was asked, and the phase ends. Where
 * it was hardly ever asked, all of them: RSS alone still shows. */
static bool is_point(const struct record *record, const struct record_sample *sample, size_t role,
                     bool asked_only)
{
    if (!curves_shows(record, role, sample))
        return false;
    for (int stat = 0; stat < ALLOCATOR_STAT_COUNT; stat++)
        if (sample->stat[stat] >= 0)
            return true;
    return !asked_only;
}

static size_t count_points(const struct record *record, size_t role, bool asked_only)
{
    size_t count = 0;
    for (size_t i = 0; i < record->sample_count; i++)
        count += is_point(record, &record->samples[i], role, asked_only);
    return count;
}

/* Takes at most `wanted` from what is left of anonymous RSS. */
static double take(double *left, int64_t wanted)
{
    double taken = wanted > 0 ? fmin((double)wanted, *left) : 0;
    *left -= taken;
    return taken;
}

static void cut(const struct record_sample *sample, size_t point, struct layers *out)
{
    double left = (double)sample->rss_anon_bytes;
    int64_t cached = sample->stat[STAT_CACHED];
    int64_t in_threads = sample->stat[STAT_THREAD_CACHE];
    out->bytes[LAYER_LIVE][point] = take(&left, sample->stat[STAT_LIVE]);
    out->bytes[LAYER_THREAD_CACHE][point] = take(&left, in_threads);
    out->bytes[LAYER_METADATA][point] = take(&left, sample->stat[STAT_METADATA]);
    out->bytes[LAYER_FREE][point] = take(&left, cached - (in_threads > 0 ? in_threads : 0));
    out->bytes[LAYER_OTHER][point] = left;
    out->bytes[LAYER_FILE][point] = fmax((double)(sample->rss_bytes - sample->rss_anon_bytes), 0);
    out->told[LAYER_LIVE] |= sample->stat[STAT_LIVE] >= 0;
    out->told[LAYER_METADATA] |= sample->stat[STAT_METADATA] >= 0;
    out->told[LAYER_THREAD_CACHE] |= in_threads >= 0;
    out->told[LAYER_FREE] |= cached >= 0;
    out->top_bytes = fmax(out->top_bytes, (double)sample->rss_bytes);
}

void layers_build(const struct result_row *row, size_t role, struct layers *out)
{
    const struct record *record = median_record(row, role);
    *out = (struct layers){.record = record};
    if (!record)
        return;
    bool asked_only = count_points(record, role, true) > PHASE_COUNT;
    size_t points = count_points(record, role, asked_only);
    double *storage = calloc((points + 1) * (2 + LAYER_COUNT), sizeof *storage);
    if (!storage)
        abort();
    out->position = storage;
    out->seconds = storage + points;
    for (size_t layer = 0; layer < LAYER_COUNT; layer++)
        out->bytes[layer] = storage + (2 + layer) * points;
    out->told[LAYER_OTHER] = out->told[LAYER_FILE] = true;
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct record_sample *sample = &record->samples[i];
        if (!is_point(record, sample, role, asked_only))
            continue;
        out->position[out->count] = curves_position(record, sample);
        out->seconds[out->count] = (double)sample->elapsed_ns / 1e9;
        cut(sample, out->count++, out);
    }
}

bool layers_tell(const struct layers *layers, enum layer layer, size_t point)
{
    double others = 0;
    if (!layers->told[layer] || layer == LAYER_LIVE || layer == LAYER_FILE ||
        !layers->told[LAYER_LIVE])
        return layers->told[layer];
    for (size_t other = LAYER_LIVE + 1; other < LAYER_FILE; other++)
        others += layers->bytes[other][point];
    return others > 0;
}

void layers_release(struct layers *layers)
{
    free(layers->position);
    *layers = (struct layers){.record = NULL};
}
