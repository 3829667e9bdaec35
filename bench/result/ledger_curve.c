#include "ledger_curve.h"

#include <stdlib.h>

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

bool ledger_curve_fill(const struct pass *ledger, struct trial_curve *curve)
{
    size_t count = curve->curve.count;
    size_t cursor = 0;
    if (curve->curve.live_bytes || count == 0)
        return false;
    double *live = curve->storage + count; /* where trial_curve keeps it, unused without a count */
    for (size_t i = 0; i < count; i++) {
        const struct record_sample *sample = next_round_end(&ledger->record, &cursor);
        while (sample && (double)sample->cycle < curve->curve.cycle[i])
            sample = next_round_end(&ledger->record, &cursor);
        if (!sample || (double)sample->cycle > curve->curve.cycle[i])
            return false;
        live[i] = (double)sample->stat[STAT_LIVE];
    }
    curve->curve.live_bytes = live;
    return true;
}
