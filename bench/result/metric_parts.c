#include "metric_parts.h"

#include <math.h>

#include "moment.h"

static double unavailable(const char *why, const char **out_why)
{
    *out_why = why;
    return NAN;
}

static const char no_live_count[] = "what the application holds is not told";
static const char not_told_apart[] =
    "there is no count of the allocator's committed bytes, so what it keeps and what lies outside "
    "it cannot be told apart";

double metric_part_at_end(const struct metric *metric, const struct metric_input *input,
                          const char **out_why)
{
    struct moment moment;
    if (!moment_build(input->record, input->role, PHASE_CHURN, input->ledger, &moment))
        return unavailable("the role was not looked at when the churn ended", out_why);
    if (!moment.has_live)
        return unavailable(no_live_count, out_why);
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
    if (isnan(attribution->growth.slope[PART_NOT_LIVE]))
        return unavailable("too few points along the churn for a slope", out_why);
    double slope = attribution->growth.slope[metric->field];
    return isnan(slope) ? unavailable(not_told_apart, out_why) : slope;
}
