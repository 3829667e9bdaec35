#include "layers.h"

#include <math.h>
#include <stdlib.h>

#include "curves.h"

const char *const layer_names[] = {
    "live", "kept", "not told apart", "outside", "LazyFree", NULL,
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
    if (sample->at_round_end)
        return true;
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

/* What stands beside the samples of a trial. */
struct aside {
    const struct pass *ledger; /* counts live where the allocator does not; NULL */
    size_t cursor;             /* in the ledger's samples */
    bool no_level;             /* of live growth alone is told */
    bool books;                /* the allocator's books tell what is kept */
    double stack_bytes;        /* as told last, */
    double huge_bytes;         /* and this */
};

static int64_t live_of(const struct record_sample *sample, struct aside *aside)
{
    if (!aside->ledger)
        return aside->no_level ? RECORD_NA : sample->stat[STAT_LIVE];
    const struct record *record = &aside->ledger->record;
    for (; aside->cursor < record->sample_count; aside->cursor++) {
        const struct record_sample *one = &record->samples[aside->cursor];
        if (one->role != RECORD_PRIMARY || one->stat[STAT_LIVE] < 0 || one->cycle < sample->cycle)
            continue;
        return one->cycle == sample->cycle ? one->stat[STAT_LIVE] : RECORD_NA;
    }
    return RECORD_NA;
}

static double known(int64_t bytes)
{
    return bytes > 0 ? (double)bytes : 0;
}

/* By the exact looks: at ends of rounds, and of phases. */
static void note_huge(const struct record *record, const struct record_sample *sample,
                      struct aside *aside)
{
    const struct record_snapshot *end = &record->roles[sample->role].snapshot[sample->phase];
    if (sample->anon_huge_bytes >= 0)
        aside->huge_bytes = (double)sample->anon_huge_bytes;
    else if (sample->phase > PHASE_CHURN && end->taken && end->anon_huge_bytes >= 0)
        aside->huge_bytes = (double)end->anon_huge_bytes;
}

static void cut(const struct record_sample *sample, size_t point, struct aside *aside,
                struct layers *out)
{
    int64_t live = live_of(sample, aside);
    double rss = (double)sample->rss_bytes, anonymous = (double)sample->rss_anon_bytes;
    double lazy = fmin(known(sample->lazy_free_bytes), anonymous);
    if (sample->stack_bytes >= 0)
        aside->stack_bytes = (double)sample->stack_bytes;
    note_huge(out->record, sample, aside);
    out->huge_bytes[point] = fmin(aside->huge_bytes, anonymous);
    out->huge |= aside->huge_bytes > 0;
    double stack = fmin(aside->stack_bytes, anonymous - lazy);
    double private = anonymous - lazy - stack;
    double touched = fmin(known(live), private);
    double books = known(sample->stat[STAT_HEAP]) + known(sample->stat[STAT_METADATA]);
    bool told = live >= 0 && (private <= touched || (aside->books && sample->stat[STAT_HEAP] >= 0));
    double kept = told ? fmin(private - touched, fmax(0, books - touched)) : 0;
    double rest = private - touched - kept;
    out->bytes[LAYER_LIVE][point] = touched;
    out->bytes[LAYER_KEPT][point] = kept;
    out->bytes[LAYER_UNTOLD][point] = told ? 0 : rest;
    out->bytes[LAYER_OUTSIDE][point] = fmax(rss - anonymous, 0) + stack + (told ? rest : 0);
    out->bytes[LAYER_LAZY][point] = lazy;
    out->told[LAYER_LIVE] |= live >= 0;
    out->told[LAYER_KEPT] |= told;
    out->told[LAYER_UNTOLD] |= !told;
    out->told[LAYER_LAZY] |= sample->lazy_free_bytes >= 0;
    out->top_bytes = fmax(out->top_bytes, rss);
}

void layers_build(const struct result_row *row, size_t role, struct layers *out)
{
    const struct record *record = median_record(row, role);
    *out = (struct layers){.record = record};
    if (!record)
        return;
    bool asked_only = count_points(record, role, true) > PHASE_COUNT;
    size_t points = count_points(record, role, asked_only);
    double *storage = calloc((points + 1) * (3 + LAYER_COUNT), sizeof *storage);
    if (!storage)
        abort();
    out->position = storage;
    out->seconds = storage + points;
    out->huge_bytes = storage + (2 + LAYER_COUNT) * points;
    for (size_t layer = 0; layer < LAYER_COUNT; layer++)
        out->bytes[layer] = storage + (2 + layer) * points;
    out->told[LAYER_OUTSIDE] = true;
    const struct result_subject *subject = &row->subjects[role];
    const struct record_snapshot *start = &record->roles[role].snapshot[PHASE_START];
    struct aside aside = {.ledger = subject->live_by_ledger ? row->holding.ledger : NULL,
                          .no_level = record->roles[role].level_unavailable != NULL,
                          .books = !subject->metric[METRIC_KEPT_END].unavailable,
                          .stack_bytes = known(start->stack_bytes),
                          .huge_bytes = known(start->anon_huge_bytes)};
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct record_sample *sample = &record->samples[i];
        if (!is_point(record, sample, role, asked_only))
            continue;
        out->position[out->count] = curves_position(record, sample);
        out->seconds[out->count] = (double)sample->elapsed_ns / 1e9;
        cut(sample, out->count++, &aside, out);
    }
}

void layers_release(struct layers *layers)
{
    free(layers->position);
    *layers = (struct layers){.record = NULL};
}
