#include "levels.h"

#include <math.h>

#include "result.h"
#include "row_words.h"
#include "units.h"

static double level(const struct result_row *row, enum metric_id metric)
{
    return row_primary(row)->metric[metric].median;
}

static bool knows_live(const struct result_row *row)
{
    return row_measured(row) && !isnan(level(row, METRIC_LIVE_QUIET));
}

static bool let_go(const struct result_row *row)
{
    return knows_live(row) &&
           LEVELS_LET_GO * level(row, METRIC_LIVE_QUIET) <= level(row, METRIC_RSS_ANON_PEAK);
}

static bool given_back_at(const struct result_row *row, enum metric_id metric)
{
    return row_measured(row) &&
           LEVELS_GIVEN_BACK * level(row, metric) <= level(row, METRIC_RSS_ANON_PEAK);
}

static bool under_load(const struct result_row *row)
{
    return given_back_at(row, METRIC_RSS_ANON_END);
}

static bool unasked(const struct result_row *row)
{
    return !under_load(row) && given_back_at(row, METRIC_RSS_ANON_QUIET);
}

static bool when_asked(const struct result_row *row)
{
    return !under_load(row) && !unasked(row) && given_back_at(row, METRIC_RSS_ANON_RELEASED);
}

static bool never(const struct result_row *row)
{
    return row_measured(row) && !under_load(row) && !unasked(row) && !when_asked(row) &&
           !isnan(level(row, METRIC_RSS_ANON_RELEASED));
}

static bool not_asked(const struct result_row *row)
{
    return row_measured(row) && !under_load(row) && !unasked(row) &&
           isnan(level(row, METRIC_RSS_ANON_RELEASED));
}

bool levels_tell(const struct result_workload *workload)
{
    size_t known = row_count_of(workload, knows_live);
    return known > 0 && row_count_of(workload, let_go) == known &&
           !row_count_of(workload, row_live_grows) && !row_count_of(workload, row_live_flat);
}

size_t levels_kept(const struct result_workload *workload)
{
    return row_count_of(workload, when_asked) + row_count_of(workload, never) +
           row_count_of(workload, not_asked);
}

/* Do its own books show that most of what stays beside live is the allocator's? */
static bool books_show(const struct result_row *row)
{
    double beside = level(row, METRIC_RSS_ANON_END) - level(row, METRIC_LIVE_RESIDENT_END);
    return row_measured(row) && level(row, METRIC_KEPT_END) > 0.5 * beside;
}

static bool keeps_by_books(const struct result_row *row)
{
    return books_show(row) && (when_asked(row) || never(row) || not_asked(row));
}

/* "; only when asked by glibc and tcmalloc, with 2.49 MiB (glibc) to 28.9 MiB (tcmalloc) left" */
static void say_rows(FILE *out, const struct result_workload *workload, const char **before,
                     const char *when, row_filter *filter, enum metric_id left)
{
    if (row_count_of(workload, filter) == 0)
        return;
    (void)fprintf(out, "%s%s by ", *before, when);
    row_say_names(out, workload, filter);
    (void)fputs(", with ", out);
    row_say_range(out, workload, filter, left, row_say_mib);
    (void)fputs(" left", out);
    *before = "; ";
}

void levels_say(FILE *out, const struct result_workload *workload)
{
    const char *before = " Half of the peak or more was given back ";
    char text[64];
    char waited[128];
    (void)snprintf(waited, sizeof waited, "unasked within %s of quiet",
                   units_format_duration(workload->workload->quiet_ns, text, sizeof text));
    size_t kept = levels_kept(workload), shown = row_count_of(workload, keeps_by_books);
    (void)fputs("The application does not hold it", out);
    if (shown > 0)
        (void)fputs(", the allocator keeps it", out);
    if (shown > 0 && shown < kept) {
        (void)fputs(" (as its books show ", out);
        row_say_where(out, workload, keeps_by_books);
        (void)fputs(")", out);
    }
    (void)fputs(workload_is_own(workload->workload) ? ": when the load is over, "
                                                    : ": when all have left, ",
                out);
    row_say_range(out, workload, knows_live, METRIC_LIVE_QUIET, row_say_mib);
    (void)fputs(" are live of a peak of ", out);
    row_say_range(out, workload, knows_live, METRIC_RSS_ANON_PEAK, row_say_mib);
    (void)fputs(".", out);
    if (levels_kept(workload) == row_count_of(workload, row_measured))
        before = " No row gave back half of the peak: ";
    say_rows(out, workload, &before, "before the load ended", under_load, METRIC_RSS_ANON_END);
    say_rows(out, workload, &before, waited, unasked, METRIC_RSS_ANON_QUIET);
    say_rows(out, workload, &before, "only when asked", when_asked, METRIC_RSS_ANON_RELEASED);
    if (row_count_of(workload, never) == row_count_of(workload, row_measured)) {
        (void)fputs(" Not even when asked did a row give half of it back: ", out);
        row_say_range(out, workload, never, METRIC_RSS_ANON_RELEASED, row_say_mib);
        (void)fputs(" stay.", out);
        return;
    }
    say_rows(out, workload, &before, "not even when asked", never, METRIC_RSS_ANON_RELEASED);
    say_rows(out, workload, &before, "not unasked, and there is no way to ask,", not_asked,
             METRIC_RSS_ANON_QUIET);
    (void)fputs(".", out);
}
