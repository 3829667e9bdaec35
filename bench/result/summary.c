#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "number.h"
#include "result.h"

/* Which rows a sentence speaks of. */
typedef bool row_filter(const struct result_row *row);

static void say_live(FILE *out, const struct result_workload *workload);
static void say_rss(FILE *out, const struct result_workload *workload);
static void say_levels(FILE *out, const struct result_workload *workload);
static void say_proxy(FILE *out, const struct result_workload *workload);
static void say_limits(FILE *out, const struct result_workload *workload);

static bool measured(const struct result_row *row)
{
    return row->valid > 0;
}

static size_t count_rows(const struct result_workload *workload, row_filter *filter)
{
    size_t count = 0;
    for (size_t i = 0; i < workload->row_count; i++)
        count += filter(&workload->rows[i]);
    return count;
}

char *result_summary(const struct result_workload *workload)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        abort();
    if (count_rows(workload, measured) == 0) {
        (void)fputs("No trial is valid, so this table shows nothing.", out);
    } else {
        say_live(out, workload);
        say_rss(out, workload);
        say_levels(out, workload);
        say_proxy(out, workload);
        say_limits(out, workload);
    }
    if (fclose(out) != 0)
        abort();
    return text;
}

static const struct result_subject *peer(const struct result_row *row)
{
    return &row->subject[RECORD_PEER];
}

static bool unmeasured(const struct result_row *row)
{
    return !measured(row);
}

static bool tells_live(const struct result_row *row)
{
    return measured(row) && peer(row)->live_available;
}

static bool live_grows(const struct result_row *row)
{
    return tells_live(row) && peer(row)->live == SIGNAL_GROW;
}

static bool live_flat(const struct result_row *row)
{
    return tells_live(row) && peer(row)->live == SIGNAL_FLAT;
}

static bool live_unclear(const struct result_row *row)
{
    return tells_live(row) && peer(row)->live == SIGNAL_UNCLEAR;
}

static bool rss_grows(const struct result_row *row)
{
    return measured(row) && peer(row)->rss_anon == SIGNAL_GROW;
}

static bool rss_flat(const struct result_row *row)
{
    return measured(row) && peer(row)->rss_anon == SIGNAL_FLAT;
}

static bool rss_unclear(const struct result_row *row)
{
    return measured(row) && peer(row)->rss_anon == SIGNAL_UNCLEAR;
}

static bool kept_by_allocator(const struct result_row *row)
{
    return rss_grows(row) && live_flat(row);
}

static bool holds_heap(const struct result_row *row)
{
    return measured(row) && peer(row)->verdict.kind == VERDICT_RETENTION &&
           peer(row)->verdict.reason == REASON_HEAP_HELD_ABOVE_LIVE;
}

static bool proxy_grows(const struct result_row *row)
{
    return measured(row) && row->subject[RECORD_PROXY].rss_anon == SIGNAL_GROW;
}

static bool proxy_unclear(const struct result_row *row)
{
    return measured(row) && row->subject[RECORD_PROXY].rss_anon == SIGNAL_UNCLEAR;
}

/* "glibc, tcmalloc and jemalloc". */
static void say_rows(FILE *out, const struct result_workload *workload, row_filter *filter)
{
    size_t left = count_rows(workload, filter);
    for (size_t i = 0; i < workload->row_count; i++) {
        if (!filter(&workload->rows[i]))
            continue;
        left--;
        (void)fprintf(out, "%s%s", workload->rows[i].row->name,
                      left > 1    ? ", "
                      : left == 1 ? " and "
                                  : "");
    }
}

/* "on every row" when the filter takes all that were measured, else "on " and their names. */
static void say_where(FILE *out, const struct result_workload *workload, row_filter *filter)
{
    (void)fputs("on ", out);
    if (workload->row_count > 1 && count_rows(workload, filter) == count_rows(workload, measured))
        (void)fputs("every row", out);
    else
        say_rows(out, workload, filter);
}

static void say_number(FILE *out, double value)
{
    char text[NUMBER_TEXT_MAX];
    (void)fputs(number_format(value, text, sizeof text), out);
}

static void say_per_cycle(FILE *out, double bytes)
{
    say_number(out, fabs(bytes) < 1000 ? bytes : bytes / 1000);
    (void)fputs(fabs(bytes) < 1000 ? " B" : " kB", out);
}

static void say_mib(FILE *out, double bytes)
{
    say_number(out, bytes / (1024.0 * 1024.0));
    (void)fputs(" MiB", out);
}

/* "7.9 kB (jemalloc) to 12.6 kB (glibc)", over the rows of the filter that have the number. */
static void say_range(FILE *out, const struct result_workload *workload, row_filter *filter,
                      enum metric_id id, void (*say)(FILE *out, double value))
{
    const struct result_row *least = NULL, *most = NULL;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        if (!filter(row) || isnan(peer(row)->metric[id].median))
            continue;
        if (!least || peer(row)->metric[id].median < peer(least)->metric[id].median)
            least = row;
        if (!most || peer(row)->metric[id].median > peer(most)->metric[id].median)
            most = row;
    }
    if (!least)
        return;
    say(out, peer(least)->metric[id].median);
    if (least != most) {
        (void)fprintf(out, " (%s) to ", least->row->name);
        say(out, peer(most)->metric[id].median);
        (void)fprintf(out, " (%s)", most->row->name);
    }
}

static void say_growth_of_live(FILE *out, const struct result_workload *workload)
{
    (void)fputs(" by ", out);
    say_range(out, workload, live_grows, METRIC_LIVE_PER_CYCLE, say_per_cycle);
    (void)fputs(" per cycle: the application holds this memory, and no allocator can return it",
                out);
}

/* "every row", "all 4 rows that can tell", "glibc, the only row that can tell". */
static void say_tellers(FILE *out, const struct result_workload *workload)
{
    size_t tellers = count_rows(workload, tells_live);
    if (tellers == count_rows(workload, measured)) {
        say_where(out, workload, tells_live);
    } else if (tellers == 1) {
        (void)fputs("on ", out);
        say_rows(out, workload, tells_live);
        (void)fputs(", the only row that can tell,", out);
    } else {
        if (tellers == 2)
            (void)fputs("on both rows that can tell (", out);
        else
            (void)fprintf(out, "on all %zu rows that can tell (", tellers);
        say_rows(out, workload, tells_live);
        (void)fputs(")", out);
    }
}

static void say_live(FILE *out, const struct result_workload *workload)
{
    size_t tellers = count_rows(workload, tells_live);
    size_t growing = count_rows(workload, live_grows);
    size_t flat = count_rows(workload, live_flat);
    if (tellers == 0) {
        (void)fputs("No row tells what the application holds, so growth of RSS could be the "
                    "application's or the allocator's. ",
                    out);
    } else if (growing == tellers) {
        (void)fputs("Live grows ", out);
        say_tellers(out, workload);
        say_growth_of_live(out, workload);
        (void)fputs(". ", out);
    } else if (flat == tellers) {
        (void)fputs("Live stays flat ", out);
        say_tellers(out, workload);
        (void)fputs(". ", out);
    } else {
        const char *separator = "Live ";
        if (growing) {
            (void)fprintf(out, "%sgrows ", separator);
            say_where(out, workload, live_grows);
            say_growth_of_live(out, workload);
            separator = "; it ";
        }
        if (flat) {
            (void)fprintf(out, "%sstays flat ", separator);
            say_where(out, workload, live_flat);
            separator = "; it ";
        }
        if (count_rows(workload, live_unclear)) {
            (void)fprintf(out, "%scannot be judged ", separator);
            say_where(out, workload, live_unclear);
        }
        (void)fputs(". ", out);
    }
}

static void say_rss(FILE *out, const struct result_workload *workload)
{
    const char *separator = "Anonymous RSS ";
    if (count_rows(workload, rss_grows)) {
        (void)fprintf(out, "%sgrows ", separator);
        say_where(out, workload, rss_grows);
        (void)fputs(", by ", out);
        say_range(out, workload, rss_grows, METRIC_RSS_ANON_PER_CYCLE, say_per_cycle);
        (void)fputs(" per cycle", out);
        separator = "; it ";
    }
    if (count_rows(workload, rss_flat)) {
        (void)fprintf(out, "%sstays flat ", separator);
        say_where(out, workload, rss_flat);
        separator = "; it ";
    }
    if (count_rows(workload, rss_unclear)) {
        (void)fprintf(out, "%scannot be judged ", separator);
        say_where(out, workload, rss_unclear);
    }
    (void)fputs(". ", out);
    if (count_rows(workload, kept_by_allocator)) {
        (void)fputs("Where RSS grows and live does not (", out);
        say_rows(out, workload, kept_by_allocator);
        (void)fputs("), the allocator keeps memory that the application gave back. ", out);
    }
    if (count_rows(workload, holds_heap)) {
        (void)fputs("More than twice of what is live stays resident ", out);
        say_where(out, workload, holds_heap);
        (void)fputs(". ", out);
    }
}

static bool has_number(const struct result_workload *workload, enum metric_id id)
{
    for (size_t i = 0; i < workload->row_count; i++)
        if (!isnan(peer(&workload->rows[i])->metric[id].median))
            return true;
    return false;
}

static void say_levels(FILE *out, const struct result_workload *workload)
{
    if (!has_number(workload, METRIC_RSS_ANON_END))
        return;
    (void)fputs("The peer ends the churn with ", out);
    say_range(out, workload, measured, METRIC_RSS_ANON_END, say_mib);
    if (has_number(workload, METRIC_RSS_ANON_RELEASED)) {
        (void)fputs(" and is left with ", out);
        say_range(out, workload, measured, METRIC_RSS_ANON_RELEASED, say_mib);
        (void)fputs(" after the release call", out);
    }
    (void)fputs(". ", out);
}

static void say_proxy(FILE *out, const struct result_workload *workload)
{
    if (count_rows(workload, proxy_grows)) {
        (void)fputs("The proxy grows ", out);
        say_where(out, workload, proxy_grows);
        (void)fputs(".", out);
    } else if (count_rows(workload, proxy_unclear)) {
        (void)fputs("The proxy cannot be judged ", out);
        say_where(out, workload, proxy_unclear);
        (void)fputs(".", out);
    } else {
        (void)fputs("The proxy stays flat.", out);
    }
}

static void say_limits(FILE *out, const struct result_workload *workload)
{
    size_t most_blocks = 0, missing = 0, noisy = 0;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        most_blocks = row->valid > most_blocks ? row->valid : most_blocks;
        missing += row->missing;
        noisy += row->noisy;
    }
    if (most_blocks == 1)
        (void)fputs(" There is one block, so nothing is known of the spread.", out);
    if (missing)
        (void)fprintf(out, " %zu %s no valid result.", missing,
                      missing == 1 ? "trial has" : "trials have");
    if (count_rows(workload, unmeasured)) {
        (void)fputs(" Nothing is known of ", out);
        say_rows(out, workload, unmeasured);
        (void)fputs(".", out);
    }
    if (noisy)
        (void)fprintf(out, " %zu noisy %s counted.", noisy, noisy == 1 ? "trial is" : "trials are");
}
