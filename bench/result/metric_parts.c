#include "metric_parts.h"

#include <math.h>

#include "moment.h"

/* So little of the growth that whose it is need not be told. */
#define NOTHING_SHARE 0.01

static double unavailable(const char *why, const char **out_why)
{
    *out_why = why;
    return NAN;
}

static const char no_live_count[] = "what the application holds is not told";
static const char not_told_apart[] =
    "what the allocator keeps and what lies outside it cannot be told apart: it does not count its "
    "committed bytes, or they are far above what is resident";
static const char could_be_kept[] =
    "what the allocator keeps and what lies outside it cannot be told apart: it had committed "
    "bytes that were not resident, and they may have filled up";

double metric_part_at_end(const struct metric *metric, const struct metric_input *input,
                          const char **out_why)
{
    struct moment moment;
    if (!moment_build(input->record, input->role, PHASE_CHURN, input->ledger, &moment))
        return unavailable("the role was not looked at when the churn ended", out_why);
    if (!moment.has_live) {
        const char *why = input->record->roles[input->role].level_unavailable;
        return unavailable(why ? why : no_live_count, out_why);
    }
    double bytes = moment.part_bytes[metric->field];
    return isnan(bytes) ? unavailable(not_told_apart, out_why) : bytes;
}

double metric_foreign_at_end(const struct metric *metric, const struct metric_input *input,
                             const char **out_why)
{
    (void)metric;
    struct moment moment;
    if (!moment_build(input->record, input->role, PHASE_CHURN, input->ledger, &moment))
        return unavailable("the role was not looked at when the churn ended", out_why);
    return moment.foreign_bytes;
}

double metric_part_per_cycle(const struct metric *metric, const struct metric_input *input,
                             const char **out_why)
{
    const struct attribution *attribution = input->attribution;
    if (!attribution->verdict.live.available)
        return unavailable(no_live_count, out_why);
    const struct growth_split *growth = &attribution->growth;
    if (isnan(growth->slope[PART_NOT_LIVE]) || isnan(growth->bytes_per_cycle))
        return unavailable("too few points along the churn for a slope", out_why);
    /* What does not rise as a whole has no shares of it. */
    double bytes = growth->bytes_per_cycle > 0
                       ? growth->part[metric->field].share * growth->bytes_per_cycle
                       : growth->slope[metric->field];
    if (!isnan(bytes))
        return bytes;
    if (growth->bytes_per_cycle > 0 && growth->part[PART_NOT_LIVE].share < NOTHING_SHARE)
        return 0;
    return unavailable(isnan(growth->slope[PART_KEPT]) ? not_told_apart : could_be_kept, out_why);
}
