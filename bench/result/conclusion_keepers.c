#include "conclusion_keepers.h"

#include <string.h>

#include "growth_parts.h"
#include "row_words.h"

static bool holds_heap(const struct result_row *row)
{
    return row_measured(row) && row_primary(row)->verdict.kind == VERDICT_RETENTION &&
           row_primary(row)->verdict.reason == REASON_LEVEL_FAR_ABOVE_LIVE;
}

bool conclusion_keeps(const struct result_row *row)
{
    if (row_primary(row)->verdict.kind == VERDICT_OUTSIDE || growth_parts_kept_or_outside(row))
        return row_has_finding(row, FINDING_KEPT_GROWS) || row_has_finding(row, FINDING_KEPT_LEVEL);
    return row_rss_grows(row) || holds_heap(row);
}

static bool keeps_and_grows(const struct result_row *row)
{
    return conclusion_keeps(row) && row_rss_grows(row);
}

bool conclusion_gives_back(const struct result_row *row)
{
    return row_measured(row) && row_primary(row)->rss_anon == SIGNAL_FLAT && !conclusion_keeps(row);
}

void conclusion_say_rss_growth(FILE *out, const struct result_workload *workload,
                               row_filter *filter)
{
    (void)fputs("anonymous RSS grows ", out);
    row_say_where(out, workload, filter);
    (void)fputs(" by ", out);
    row_say_range(out, workload, filter, METRIC_RSS_ANON_PER_CYCLE, row_say_per_cycle);
    (void)fputs(" per cycle", out);
}

/* A row of the same allocator, told apart by its tunables, that does not keep it. */
static const struct result_row *tuned_row(const struct result_workload *workload,
                                          const struct result_row *keeper)
{
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        if (conclusion_gives_back(row) && strcmp(row->row->allocator, keeper->row->allocator) == 0)
            return row;
    }
    return NULL;
}

static bool kept_but_by(const struct result_workload *workload, const struct result_row *keeper,
                        const struct result_row *tuned)
{
    return conclusion_keeps(keeper) && tuned_row(workload, keeper) == tuned;
}

/* "a", "a and b", "a, b and c": what stands before item `index` of `count`. */
static const char *before_item(size_t index, size_t count)
{
    return index == 0 ? "" : index + 1 < count ? ", " : " and ";
}

static void say_tunables(FILE *out, const struct result_workload *workload)
{
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *tuned = &workload->rows[i];
        size_t count = 0, said = 0;
        for (size_t k = 0; k < workload->row_count; k++)
            count += kept_but_by(workload, &workload->rows[k], tuned);
        for (size_t k = 0; k < workload->row_count; k++) {
            if (!kept_but_by(workload, &workload->rows[k], tuned))
                continue;
            (void)fprintf(out, "%s%s", said ? before_item(said, count) : " What ",
                          workload->rows[k].row->name);
            said++;
        }
        if (count == 0)
            continue;
        (void)fprintf(out, " %s, %s returns", count > 1 ? "keep" : "keeps", tuned->row->name);
        for (char **word = tuned->row->environment; *word; word++)
            (void)fprintf(out, "%s%s", word == tuned->row->environment ? " (" : " ", *word);
        (void)fputs(*tuned->row->environment ? ")." : ".", out);
    }
}

/* Only where the release call frees a third at least: less is no reason to change a program. */
static bool worth_asking(const struct result_row *row)
{
    return conclusion_keeps(row) &&
           row_primary(row)->metric[METRIC_RSS_ANON_RELEASED].median <
               row_primary(row)->metric[METRIC_RSS_ANON_QUIET].median * 2 / 3;
}

static void say_release_call(FILE *out, const struct result_workload *workload)
{
    size_t count = row_count_of(workload, worth_asking), said = 0;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        if (!worth_asking(row))
            continue;
        (void)fprintf(out, "%s%s%s from ", said ? before_item(said, count) : " Asked to, ",
                      row->row->name, said ? "" : " goes");
        row_say_mib(out, row_primary(row)->metric[METRIC_RSS_ANON_QUIET].median);
        (void)fputs(" to ", out);
        row_say_mib(out, row_primary(row)->metric[METRIC_RSS_ANON_RELEASED].median);
        said++;
    }
    (void)fputs(said ? "." : "", out);
}

void conclusion_say_keepers(FILE *out, const struct result_workload *workload)
{
    bool everywhere =
        row_count_of(workload, conclusion_keeps) == row_count_of(workload, row_measured);
    (void)fputs(everywhere ? " What is kept is the allocator's doing, retention or fragmentation: "
                           : " Only RSS differs, which is retention or fragmentation: ",
                out);
    if (row_count_of(workload, keeps_and_grows)) {
        conclusion_say_rss_growth(out, workload, keeps_and_grows);
        (void)fputs(row_count_of(workload, holds_heap) ? "; " : ".", out);
    }
    if (row_count_of(workload, holds_heap)) {
        (void)fputs("more than what is live is kept beside it ", out);
        row_say_where(out, workload, holds_heap);
        (void)fputs(".", out);
    }
    if (row_count_of(workload, conclusion_gives_back)) {
        (void)fputs(" It levels off ", out);
        row_say_where(out, workload, conclusion_gives_back);
        (void)fputs(", at ", out);
        row_say_range(out, workload, conclusion_gives_back, METRIC_RSS_ANON_PLATEAU, row_say_mib);
        (void)fputs(".", out);
    }
    say_tunables(out, workload);
    say_release_call(out, workload);
}
