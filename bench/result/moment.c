#include "moment.h"

#include <math.h>

#include "ledger_curve.h"
#include "trial_curve.h"

#define NO_RIDDLE_SHARE 0.01

bool moment_build(const struct record *record, size_t role, enum record_phase phase,
                  const struct pass *ledger, struct moment *out)
{
    AUTO(memory_curve) struct memory_curve curve;
    struct accounts accounts;
    struct level_split level;
    trial_curve_moment(record, role, phase, &curve);
    if (curve.count == 0)
        return false;
    if (ledger)
        (void)ledger_curve_fill_moment(ledger, phase, &curve);
    accounts_build(&curve, 0, 1, &accounts);
    split_level(&accounts, &level);
    double held = accounts.level_bytes[ACCOUNT_HELD];
    *out = (struct moment){
        .has_live = accounts.has_live,
        .part_bytes = {[PART_LIVE] = accounts.has_live ? level.live_bytes : NAN,
                       [PART_KEPT] = level.kept_bytes,
                       [PART_OUTSIDE] = level.outside_bytes,
                       [PART_LAZY] = accounts.level_bytes[ACCOUNT_LAZY],
                       [PART_NOT_LIVE] = accounts.has_live ? held - level.live_bytes : NAN},
        .foreign_bytes = accounts.level_bytes[ACCOUNT_FOREIGN],
        .occupied_bytes = level.occupied_bytes,
    };
    /* All that is not live may be files, shared memory and stacks: then there is no riddle. */
    double *part = out->part_bytes;
    double riddle = part[PART_NOT_LIVE] - out->foreign_bytes;
    if (isnan(part[PART_KEPT]) && riddle <= NO_RIDDLE_SHARE * out->occupied_bytes) {
        part[PART_KEPT] = riddle;
        part[PART_OUTSIDE] = out->foreign_bytes;
    }
    accounts_release(&accounts);
    return true;
}
