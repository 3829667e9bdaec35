#include "regression.h"

#include <math.h>
#include <stdbool.h>

#include "cleanup.h"
#include "hodges_lehmann.h"
#include "scratch.h"

/* Limits of the log ratio with `side_alpha` on either side. */
static struct shift log_shift(const struct regression *regression, double side_alpha)
{
    AUTO_FREE double *before = scratch_doubles(regression->before_count);
    AUTO_FREE double *after = scratch_doubles(regression->after_count);
    for (size_t i = 0; i < regression->before_count; i++)
        before[i] = regression->before[i] > 0 ? log(regression->before[i]) : NAN;
    for (size_t i = 0; i < regression->after_count; i++)
        after[i] = regression->after[i] > 0 ? log(regression->after[i]) : NAN;
    return hodges_lehmann(before, regression->before_count, after, regression->after_count,
                          side_alpha);
}

static void judge_alone(struct regression *regression, size_t tests)
{
    struct shift alone = log_shift(regression, REGRESSION_ALPHA);
    struct shift among = log_shift(regression, REGRESSION_ALPHA / (double)tests);
    regression->ratio = exp(alone.shift);
    regression->low = exp(alone.low);
    regression->high = exp(alone.high);
    if (isnan(alone.shift) || !isfinite(among.low))
        regression->word = REGRESSION_TOO_FEW;
    else if (regression->high < 1 + REGRESSION_MARGIN)
        regression->word = REGRESSION_SMALLER_THAN_MARGIN;
    else
        regression->word = REGRESSION_UNCLEAR;
}

void regressions_decide(struct regression *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        judge_alone(&list[i], count);
    bool found = true;
    for (size_t tests = count; found && tests > 0; tests--) {
        found = false;
        for (size_t i = 0; !found && i < count; i++) {
            struct regression *regression = &list[i];
            if (regression->word == REGRESSION_TOO_FEW || regression->word == REGRESSION_RISE)
                continue;
            struct shift shift = log_shift(regression, REGRESSION_ALPHA / (double)tests);
            found = shift.low > log(1 + REGRESSION_MARGIN);
            if (found)
                regression->word = REGRESSION_RISE;
        }
    }
}
