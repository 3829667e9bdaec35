#include "recommend_choice.h"

#include <math.h>

#include "deployment.h"
#include "recommend_findings.h"
#include "recommend_hosts.h"
#include "result.h"

static bool is_better(const struct result_workload *workload,
                      const struct recommendation *recommendation, int row)
{
    const struct recommend_row *tried = &recommendation->rows[row];
    return !tried->barred && row != recommendation->reference &&
           tried->score.estimate <= 1 - RECOMMEND_GAIN &&
           tried->score.high < exp(-recommend_unsure(recommendation)) &&
           recommend_hosts_lost(recommendation, row) == 0 &&
           !recommend_grows_alone(workload, row, recommendation->reference);
}

static bool is_plain(const struct run_row *row)
{
    return !*row->environment && !row->library && row->huge_pages != HUGE_PAGES_OFF;
}

bool recommend_is_near_best(const struct recommendation *recommendation, int row)
{
    const struct recommend_row *rows = recommendation->rows;
    double near = fmin(1 - RECOMMEND_GAIN, exp(-recommend_unsure(recommendation)));
    return rows[row].score.estimate * near <= rows[recommendation->best].score.estimate;
}

double recommend_unsure(const struct recommendation *recommendation)
{
    return recommendation->weights.share[TERM_MEMORY] * recommendation->memory_unsure;
}

bool recommend_told_apart(const struct recommendation *recommendation, int row, int other)
{
    const struct recommend_row *rows = recommendation->rows;
    return fabs(log(rows[row].score.estimate / rows[other].score.estimate)) >
           recommend_unsure(recommendation);
}

/* The cheapest of the better ones near the best that need no setting; else the best estimate. */
static int row_to_name(const struct result_workload *workload,
                       const struct recommendation *recommendation)
{
    int named = RECOMMEND_NONE;
    for (int row = 0; row < (int)recommendation->row_count; row++) {
        const struct recommend_row *rows = recommendation->rows;
        if (!rows[row].better || !recommend_is_near_best(recommendation, row) ||
            !is_plain(workload->rows[row].row))
            continue;
        if (named == RECOMMEND_NONE || rows[row].score.estimate < rows[named].score.estimate)
            named = row;
    }
    return named == RECOMMEND_NONE ? recommendation->best : named;
}

void recommend_choose(const struct result_workload *workload, struct recommendation *out)
{
    out->told = out->best;
    out->advised = out->has_incumbent ? out->reference : out->best;
    if (out->best == RECOMMEND_NONE || !out->has_incumbent || out->blocks < 2)
        return;
    out->p_better = 0;
    for (int row = 0; row < (int)out->row_count; row++) {
        out->rows[row].better = is_better(workload, out, row);
        out->p_better += out->rows[row].better ? out->rows[row].p_best : 0;
    }
    if (out->p_better >= RECOMMEND_P_BEST && out->rows[out->best].better)
        out->told = out->advised = row_to_name(workload, out);
}
