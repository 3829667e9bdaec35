#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deployment.h"
#include "malloc_share.h"
#include "memory_stream.h"
#include "recommend_choice.h"
#include "recommend_findings.h"
#include "recommend_hosts.h"
#include "result.h"
#include "row_words.h"

/* Less is rounding. */
#define NO_SPREAD 1e-9

static const char *const term_titles[TERM_COUNT] = {"memory", "CPU", "join p99"};

/* Where the numbers of the sentences come from. */
struct advice {
    FILE *out;
    const struct result_workload *workload;
    const struct recommendation *is;
};

static void say_answer(const struct advice *advice);
static void say_findings(const struct advice *advice);
static void say_price(const struct advice *advice);
static void say_how(const struct advice *advice);
static void say_flips(const struct advice *advice);
static void say_left_out(const struct advice *advice);
static void say_limits(const struct advice *advice);

char *recommend_text(const struct result_workload *workload,
                     const struct recommendation *recommendation)
{
    if (row_count_of(workload, row_measured) == 0)
        return NULL;
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    const struct advice advice = {out, workload, recommendation};
    say_answer(&advice);
    recommend_say_hosts(out, workload, recommendation);
    say_findings(&advice);
    if (recommendation->best != RECOMMEND_NONE && recommendation->candidates > 1) {
        say_price(&advice);
        say_how(&advice);
        say_flips(&advice);
    }
    say_left_out(&advice);
    if (recommendation->candidates > 1)
        say_limits(&advice);
    return memory_stream_close(&memory);
}

static const char *name(const struct advice *advice, int row)
{
    return advice->workload->rows[row].row->name;
}

/* "+3 %", "-24 %". */
static void say_percent(FILE *out, double ratio)
{
    double percent = (ratio - 1) * 100;
    (void)fprintf(out, fabs(percent) < 9.95 ? "%+.1f %%" : "%+.0f %%", percent);
}

static void say_change(FILE *out, const struct interval *ratio)
{
    say_percent(out, ratio->estimate);
    if (isnan(ratio->low))
        return;
    if (ratio->high - ratio->low < NO_SPREAD * ratio->estimate) {
        (void)fputs(" (the same in every block)", out);
        return;
    }
    (void)fputs(" (", out);
    say_percent(out, ratio->low);
    (void)fputs(" to ", out);
    say_percent(out, ratio->high);
    (void)fputs(")", out);
}

/* What the best estimate lacks. */
static void say_what_it_takes(const struct advice *advice)
{
    const struct recommendation *is = advice->is;
    FILE *out = advice->out;
    if (recommend_grows_alone(advice->workload, is->best, is->reference)) {
        (void)fputs("; but ", out);
        recommend_say_grows_alone(out, advice->workload, is->best, is->reference);
        (void)fputs(": the longer it runs, the less is gained.", out);
    } else if (recommend_hosts_lost(is, is->best) > 0) {
        (void)fputs("; but not on every host.", out);
    } else if (is->blocks < 2) {
        (void)fputs(", of unknown spread.", out);
    } else {
        (void)fprintf(out, "; switching takes a gain of %.0f %% and an interval without loss",
                      100 * RECOMMEND_GAIN);
        if (is->memory_unsure > 0)
            (void)fprintf(out, " even where memory is off by %.1f %%, which the replay may be",
                          100 * expm1(is->memory_unsure));
        if (is->blocks >= RECOMMEND_P_BEST_BLOCKS)
            (void)fprintf(out,
                          ", of rows the best in %.0f %% of the blocks drawn again (here %.0f %%)",
                          100 * RECOMMEND_P_BEST, 100 * is->p_better);
        else if (is->rows[is->best].better)
            (void)fputs(", which so few blocks may show by luck", out);
        (void)fputs(".", out);
    }
}

/* Why the incumbent stays although another row has the lower score. */
static void say_hesitation(const struct advice *advice)
{
    const struct recommend_row *best = &advice->is->rows[advice->is->best];
    (void)fprintf(
        advice->out,
        advice->is->blocks < 2
            ? "Worth switching? One block cannot tell: stay with %s until there are more. "
            : "Worth switching? No: stay with %s. ",
        name(advice, advice->is->advised));
    (void)fprintf(advice->out, "The best estimate is %s, ", name(advice, advice->is->best));
    say_change(advice->out, &best->score);
    (void)fputs(" in the weighted cost", advice->out);
    say_what_it_takes(advice);
}

/* Rows that would have done as well as the one named. */
static void say_as_good(const struct advice *advice)
{
    const struct recommendation *is = advice->is;
    const char *separator = ". Not told apart from it: ";
    for (int row = 0; row < (int)is->row_count; row++) {
        if (row == is->told || !is->rows[row].better || !recommend_is_near_best(is, row))
            continue;
        (void)fprintf(advice->out, "%s%s", separator, name(advice, row));
        separator = ", ";
    }
}

static void say_yes(const struct advice *advice)
{
    const struct recommendation *is = advice->is;
    static const char *const answers[] = {
        [GROWTH_OF_NONE] = "Yes: run on ",
        [GROWTH_OF_APPLICATION] = "Not for the leak: mend the application first. While it grows, ",
        [GROWTH_OUTSIDE] = ("Not for the growth, which lies outside the allocator on every row. "
                            "While it grows, "),
    };
    enum growth_owner owner = recommend_growth_on_all(advice->workload);
    (void)fprintf(advice->out, "Worth switching? %s%s%s, ", answers[owner], name(advice, is->told),
                  owner == GROWTH_OF_NONE ? "" : " costs least");
    say_change(advice->out, &is->rows[is->told].score);
    (void)fprintf(advice->out, " in the weighted cost against %s", name(advice, is->reference));
    if (is->blocks >= RECOMMEND_P_BEST_BLOCKS)
        (void)fprintf(advice->out, ", which is beaten in %.0f %% of the blocks drawn again",
                      100 * is->p_better);
    say_as_good(advice);
    (void)fputs(".", advice->out);
}

/* Of a replay: no row is better for certain. False: it tells all of them from the incumbent. */
static bool say_not_told_apart(const struct advice *advice)
{
    const struct recommendation *is = advice->is;
    size_t said = 0;
    for (int row = 0; is->memory_unsure > 0 && row < (int)is->row_count; row++) {
        if (row == is->told || is->rows[row].barred || recommend_told_apart(is, row, is->told))
            continue;
        if (said == 0)
            (void)fprintf(advice->out,
                          "Stay with %s: no row costs less by more than the replay can tell. Not "
                          "told apart from it, since memory nearer than %.1f %% is not: ",
                          name(advice, is->told), 100 * expm1(is->memory_unsure));
        (void)fprintf(advice->out, "%s%s", said++ ? ", " : "", name(advice, row));
    }
    if (said > 0)
        (void)fputs(".", advice->out);
    return said > 0;
}

static void say_answer(const struct advice *advice)
{
    const struct recommendation *is = advice->is;
    FILE *out = advice->out;
    char incumbent[64];
    if (is->candidates == 0) {
        (void)fputs("No row can be recommended.", out);
    } else if (is->row_count == 1) {
        (void)fprintf(out, "Only %s was measured, so there is nothing to choose.",
                      name(advice, is->reference));
    } else if (is->candidates == 1) {
        (void)fprintf(out, "%s is the only row left, so there is nothing to choose.",
                      name(advice, is->reference));
    } else if (is->best == RECOMMEND_NONE) {
        (void)fputs("Nothing can be recommended: in no block has every row all numbers.", out);
    } else if (!is->has_incumbent) {
        (void)fprintf(out,
                      "The best estimate is %s; whether to leave %s cannot be said, since it is "
                      "not among the rows left.",
                      name(advice, is->best),
                      deployment_incumbent(advice->workload, incumbent, sizeof incumbent));
    } else if (is->told == is->reference && say_not_told_apart(advice)) {
        return;
    } else if (is->told == is->reference) {
        (void)fprintf(out, "Stay with %s: it is the best estimate as well", name(advice, is->best));
        double p_best = recommend_p_best(is, (size_t)is->best);
        if (!isnan(p_best))
            (void)fprintf(out, ", in %.0f %% of the blocks drawn again", 100 * p_best);
        (void)fputs(".", out);
    } else if (is->advised == is->reference) {
        say_hesitation(advice);
    } else {
        say_yes(advice);
    }
}

/* The row that is to be run keeps more and more, and another one left does not grow. */
static void say_doubt(const struct advice *advice)
{
    const struct recommendation *is = advice->is;
    for (int row = 0; row < (int)is->row_count; row++) {
        if (is->rows[row].barred || !recommend_grows_alone(advice->workload, is->advised, row))
            continue;
        (void)fputs(" But ", advice->out);
        recommend_say_grows_alone(advice->out, advice->workload, is->advised, row);
        (void)fputs(": a longer run may turn the answer.", advice->out);
        return;
    }
}

static void say_findings(const struct advice *advice)
{
    const struct recommendation *is = advice->is;
    int stays = is->advised != RECOMMEND_NONE ? is->advised : is->reference;
    if (stays == RECOMMEND_NONE)
        return;
    if (is->advised != RECOMMEND_NONE)
        say_doubt(advice);
    if (is->best == RECOMMEND_NONE || is->best == is->reference || is->advised == is->reference)
        recommend_say_growth_on_all(advice->out, advice->workload);
    if (is->best != RECOMMEND_NONE)
        recommend_say_difference(advice->out, advice->workload, is);
    recommend_say_return(advice->out, advice->workload, stays);
    double share = malloc_share_most(advice->workload);
    if (workload_is_own(advice->workload->workload) && share < MALLOC_SHARE_SMALL)
        (void)fprintf(
            advice->out,
            " Little can come of any allocator here: malloc serves %.0f %% of the anonymous "
            "memory at most.",
            100 * share);
}

static void say_price(const struct advice *advice)
{
    const struct recommendation *is = advice->is;
    const char *separator = " ";
    if (is->told == is->reference)
        return;
    (void)fprintf(advice->out, " Against %s%s:", name(advice, is->reference),
                  is->blocks > 1 ? ", with 95 % intervals" : "");
    for (size_t term = 0; term < TERM_COUNT; term++) {
        const struct interval *ratio = &is->rows[is->told].ratio[term];
        if (isnan(ratio->estimate))
            continue;
        (void)fprintf(advice->out, "%s%s ", separator, term_titles[term]);
        say_change(advice->out, ratio);
        if (term == TERM_MEMORY && fabs(log(ratio->estimate)) < is->memory_unsure)
            (void)fputs(" (not told apart)", advice->out);
        separator = ", ";
    }
    (void)fputs(".", advice->out);
}

/* As runs tell it that were stored before they said what is preloaded. */
static void say_package(FILE *out, const struct run_row *row)
{
    (void)fprintf(out, "Debian package %s, link line %s", row->package ? row->package : "unknown",
                  row->link ? row->link : "unknown");
    const char *separator = ", environment ";
    for (char **word = row->environment; *word; word++) {
        (void)fprintf(out, "%s%s", separator, *word);
        separator = " ";
    }
}

static void say_how(const struct advice *advice)
{
    const size_t told = (size_t)advice->is->told;
    bool incumbent = advice->is->told == advice->is->reference && advice->is->has_incumbent;
    bool known = deployment_needed(advice->workload, told);
    if (incumbent && !known)
        return;
    (void)fprintf(advice->out,
                  " %s: ", advice->is->advised == advice->is->told ? "How" : "To try it");
    AUTO_FREE char *brief = known ? deployment_brief(advice->workload, told) : NULL;
    if (brief)
        (void)fputs(brief, advice->out);
    else
        say_package(advice->out, advice->workload->rows[told].row);
    if (advice->workload->rows[told].row->huge_pages == HUGE_PAGES_OFF)
        (void)fputs(", transparent huge pages off by prctl(PR_SET_THP_DISABLE) before it is "
                    "started",
                    advice->out);
    (void)fputs(".", advice->out);
}

static void say_flips(const struct advice *advice)
{
    const struct recommendation *is = advice->is;
    const double *share = is->weights.share;
    const char *separator = " Weights: ";
    for (size_t term = 0; term < TERM_COUNT; term++) {
        if (share[term] > 0) {
            (void)fprintf(advice->out, "%s%s %.0f %%", separator, term_titles[term],
                          100 * share[term]);
            separator = ", ";
        }
    }
    if (is->flip_below_row == RECOMMEND_NONE && is->flip_above_row == RECOMMEND_NONE)
        (void)fputs("; no other weight of memory changes the best estimate", advice->out);
    if (is->flip_below_row != RECOMMEND_NONE)
        (void)fprintf(advice->out, "; with memory at %.0f %% or less it would be %s",
                      100 * is->flip_below, name(advice, is->flip_below_row));
    if (is->flip_above_row != RECOMMEND_NONE)
        (void)fprintf(advice->out, "; with memory at %.0f %% or more it would be %s",
                      100 * is->flip_above, name(advice, is->flip_above_row));
    (void)fputs(".", advice->out);
}

static void say_left_out(const struct advice *advice)
{
    const char *separator = " Left out: ";
    for (size_t i = 0; i < advice->is->row_count; i++) {
        const char *why = advice->is->rows[i].barred;
        if (!why)
            continue;
        (void)fprintf(advice->out, "%s%s (%s)", separator, name(advice, (int)i), why);
        separator = ", ";
    }
    if (*separator == ',')
        (void)fputs(".", advice->out);
}

static void say_limits(const struct advice *advice)
{
    size_t blocks = advice->is->blocks;
    if (blocks == 1)
        (void)fputs(" Measure three blocks or more before you decide.", advice->out);
    else if (blocks > 1 && blocks < RECOMMEND_P_BEST_BLOCKS)
        (void)fprintf(advice->out,
                      " %zu blocks are few: they show differences of memory of a fifth and more%s; "
                      "ten blocks (-r 10) decide better.",
                      blocks,
                      advice->is->weights.share[TERM_LATENCY] > 0 ? ", and hardly any of join p99"
                                                                  : "");
}
