#include "recommend_findings.h"

#include <math.h>
#include <string.h>

#include "growth_parts.h"
#include "recommend_choice.h"
#include "result.h"
#include "row_words.h"
#include "units.h"

/* Of what is kept, so much returned is worth a word. */
#define WORTH_RETURNING (1.0 / 3)
/* A tuned row keeps at most this share of what its like keeps. */
#define KEEPS_LITTLE 0.5
/* Levels this close are one. */
#define SAME_LEVEL 0.05

static bool outside_grows(const struct result_row *row)
{
    return row_has_finding(row, FINDING_OUTSIDE_GROWS);
}

static bool may_keep_more(const struct result_row *row)
{
    return row_has_finding(row, FINDING_KEPT_GROWS) || growth_parts_kept_or_outside(row);
}

static bool any_growth(const struct result_row *row)
{
    const struct voted_findings *findings = &row_primary(row)->findings;
    for (size_t i = 0; i < findings->count; i++)
        if (finding_rank(findings->list[i].finding.kind) == FINDING_RANK_GROWTH)
            return true;
    return row_rss_grows(row) || row_live_grows(row);
}

enum growth_owner recommend_growth_on_all(const struct result_workload *workload)
{
    size_t measured = row_count_of(workload, row_measured);
    if (row_count_of(workload, row_is_leak) && !row_count_of(workload, row_live_flat))
        return GROWTH_OF_APPLICATION;
    if (measured > 0 && row_count_of(workload, outside_grows) == measured &&
        !row_count_of(workload, may_keep_more))
        return GROWTH_OUTSIDE;
    return GROWTH_OF_NONE;
}

bool recommend_grows_alone(const struct result_workload *workload, int row, int other)
{
    return row != other && may_keep_more(&workload->rows[row]) &&
           !any_growth(&workload->rows[other]);
}

void recommend_say_grows_alone(FILE *out, const struct result_workload *workload, int row,
                               int other)
{
    const struct result_row *of = &workload->rows[row];
    const struct voted_finding *kept =
        voted_findings_get(&row_primary(of)->findings, FINDING_KEPT_GROWS);
    const struct voted_finding *either =
        voted_findings_get(&row_primary(of)->findings, FINDING_NOT_LIVE_GROWS);
    (void)fprintf(out, kept ? "what %s keeps grows by " : "on %s what is not live grows by ",
                  of->row->name);
    row_say_per_cycle(out, kept ? kept->finding.size_bytes : either->finding.slope_bytes);
    (void)fprintf(out, " per cycle, and on %s nothing grows", workload->rows[other].row->name);
}

void recommend_say_growth_on_all(FILE *out, const struct result_workload *workload)
{
    static const char *const sentences[] = {
        [GROWTH_OF_NONE] = "",
        [GROWTH_OF_APPLICATION] = " No row stops the growth: the application holds what grows.",
        [GROWTH_OUTSIDE] = " No row stops the growth: it lies outside the allocator on every row.",
    };
    (void)fputs(sentences[recommend_growth_on_all(workload)], out);
}

static double level(const struct result_row *row, enum metric_id metric)
{
    return row_primary(row)->metric[metric].median;
}

static void say_signed(FILE *out, double bytes)
{
    const double shown = 0.005 * 1024 * 1024;
    (void)fputs(fabs(bytes) < shown ? "" : bytes < 0 ? "-" : "+", out);
    row_say_mib(out, fabs(bytes) < shown ? 0 : fabs(bytes));
}

/* "; whose that is cannot be told, since glibc does not tell what is kept" */
static void say_untold(FILE *out, const struct result_row *best, const struct result_row *other)
{
    bool one = isnan(level(other, METRIC_KEPT_END));
    bool both = one && isnan(level(best, METRIC_KEPT_END));
    (void)fprintf(out, "; whose that is cannot be told, since what is kept is not told on %s%s%s.",
                  one ? other->row->name : best->row->name, both ? " and " : "",
                  both ? best->row->name : "");
}

void recommend_say_difference(FILE *out, const struct result_workload *workload,
                              const struct recommendation *is)
{
    static const struct {
        const char *words;
        enum metric_id metric;
    } parts[] = {{"kept by the allocator", METRIC_KEPT_END},
                 {"live", METRIC_LIVE_RESIDENT_END},
                 {"outside", METRIC_OUTSIDE_END}};
    const struct result_row *best = &workload->rows[is->told];
    const struct result_row *other = &workload->rows[is->reference];
    double difference = level(best, METRIC_RSS_END) - level(other, METRIC_RSS_END);
    if (is->told == is->reference ||
        !(fabs(difference) >
          fmax(SAME_LEVEL, expm1(is->memory_unsure)) * level(other, METRIC_RSS_END)))
        return;
    (void)fprintf(out, " At the end %s has ", best->row->name);
    row_say_mib(out, fabs(difference));
    (void)fprintf(out, " %s RSS than %s", difference < 0 ? "less" : "more", other->row->name);
    if (isnan(level(best, METRIC_KEPT_END)) || isnan(level(other, METRIC_KEPT_END))) {
        say_untold(out, best, other);
        return;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        (void)fprintf(out, "%s%s ", i == 0 ? ": " : ", ", parts[i].words);
        say_signed(out, level(best, parts[i].metric) - level(other, parts[i].metric));
    }
    (void)fputs(".", out);
}

static bool keeps(const struct result_row *row)
{
    return row_has_finding(row, FINDING_KEPT_GROWS) || row_has_finding(row, FINDING_KEPT_LEVEL);
}

/* The one of the same allocator that keeps least, if that is little. */
static const struct result_row *tuned_row(const struct result_workload *workload,
                                          const struct result_row *keeper)
{
    const struct result_row *tuned = NULL;
    double least = KEEPS_LITTLE * level(keeper, METRIC_KEPT_END);
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        if (strcmp(row->row->allocator, keeper->row->allocator) != 0 || row->row->diagnostic ||
            !row_measured(row) || !(level(row, METRIC_KEPT_END) <= least))
            continue;
        least = level(row, METRIC_KEPT_END);
        tuned = row;
    }
    return tuned;
}

static void say_goes(FILE *out, const char *how, double from, double to)
{
    (void)fprintf(out, " %s, anonymous RSS goes from ", how);
    row_say_mib(out, from);
    (void)fputs(" to ", out);
    row_say_mib(out, to);
    (void)fputs(".", out);
}

/* As levels tell: unasked while quiet, when asked, or neither. */
static void say_levels(FILE *out, const struct result_workload *workload,
                       const struct result_row *row)
{
    double end = level(row, METRIC_RSS_ANON_END), quiet = level(row, METRIC_RSS_ANON_QUIET);
    double asked = level(row, METRIC_RSS_ANON_RELEASED);
    double worth = WORTH_RETURNING * level(row, METRIC_KEPT_END);
    char how[128], text[32];
    if (end - quiet >= worth) {
        (void)snprintf(how, sizeof how, "Unasked, within %s of quiet",
                       units_format_duration(workload->workload->quiet_ns, text, sizeof text));
        say_goes(out, how, end, quiet);
    }
    if (isnan(asked))
        return;
    if (quiet - asked >= worth) {
        (void)snprintf(how, sizeof how, "When asked (%s)",
                       row->holding.call ? row->holding.call : "its release call");
        say_goes(out, how, quiet, asked);
    } else if (end - quiet < worth) {
        (void)fputs(" Neither quiet nor the release call returns a third of it.", out);
    }
}

void recommend_say_return(FILE *out, const struct result_workload *workload, int index)
{
    const struct result_row *row = &workload->rows[index];
    double kept = level(row, METRIC_KEPT_END);
    if (!keeps(row) || !(kept > 0))
        return;
    (void)fprintf(out, " %s keeps ", row->row->name);
    row_say_mib(out, kept);
    (void)fputs(" that nobody holds.", out);
    say_levels(out, workload, row);
    const struct result_row *tuned = tuned_row(workload, row);
    if (!tuned)
        return;
    (void)fprintf(out, " Without leaving %s, %s", row->row->allocator, tuned->row->name);
    for (char **word = tuned->row->environment; *word; word++)
        (void)fprintf(out, "%s%s", word == tuned->row->environment ? " (" : " ", *word);
    (void)fputs(*tuned->row->environment ? ") keeps " : " keeps ", out);
    row_say_mib(out, level(tuned, METRIC_KEPT_END));
    (void)fputs(".", out);
}

double recommend_p_best(const struct recommendation *recommendation, size_t row)
{
    if (recommendation->blocks < RECOMMEND_P_BEST_BLOCKS || recommendation->rows[row].barred)
        return NAN;
    for (size_t i = 0; recommendation->memory_unsure > 0 && i < recommendation->row_count; i++)
        if (i != row && !recommendation->rows[i].barred &&
            !recommend_told_apart(recommendation, (int)row, (int)i))
            return NAN;
    return recommendation->rows[row].p_best;
}
