#include "ledger_curve.h"

#include <math.h>
#include <stdlib.h>

#include "scratch.h"

/* The next sample at the end of a round, from *cursor on; NULL: there is none. */
static const struct record_sample *next_round_end(const struct record *record, size_t *cursor)
{
    while (*cursor < record->sample_count) {
        const struct record_sample *sample = &record->samples[(*cursor)++];
        if (sample->role == RECORD_PRIMARY && sample->phase == PHASE_CHURN &&
            sample->at_round_end && sample->stat[STAT_LIVE] >= 0)
            return sample;
    }
    return NULL;
}

bool ledger_curve_fill(const struct pass *ledger, struct memory_curve *curve)
{
    size_t cursor = 0;
    if (curve->column[MEMORY_LIVE] || curve->count == 0)
        return false;
    AUTO_FREE double *live = scratch_doubles(curve->count);
    const double *cycle = curve->column[MEMORY_CYCLE];
    size_t i = 0;
    if (cycle[0] == 0) { /* before the load */
        const struct record_snapshot *start =
            &record_primary(&ledger->record)->snapshot[PHASE_START];
        bool told = start->taken && start->stat[STAT_LIVE] >= 0;
        live[i++] = told ? (double)start->stat[STAT_LIVE] : NAN;
    }
    for (; i < curve->count; i++) {
        const struct record_sample *sample = next_round_end(&ledger->record, &cursor);
        while (sample && (double)sample->cycle < cycle[i])
            sample = next_round_end(&ledger->record, &cursor);
        if (!sample || (double)sample->cycle > cycle[i])
            return false;
        live[i] = (double)sample->stat[STAT_LIVE];
    }
    curve->column[MEMORY_LIVE] = TAKE_PTR(live);
    return true;
}

bool ledger_curve_fill_moment(const struct pass *ledger, enum record_phase phase,
                              struct memory_curve *curve)
{
    const struct record_snapshot *snapshot = &record_primary(&ledger->record)->snapshot[phase];
    if (curve->column[MEMORY_LIVE] || curve->count != 1 || !snapshot->taken ||
        snapshot->stat[STAT_LIVE] < 0)
        return false;
    *memory_curve_add(curve, MEMORY_LIVE) = (double)snapshot->stat[STAT_LIVE];
    return true;
}
