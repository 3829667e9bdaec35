#include <math.h>
#include <stdlib.h>

#include "result.h"
#include "row_words.h"

static void say_levels(FILE *out, const struct result_workload *workload);
static void say_proxy(FILE *out, const struct result_workload *workload);
static void say_limits(FILE *out, const struct result_workload *workload);

char *result_summary(const struct result_workload *workload)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        abort();
    if (row_count_of(workload, row_measured) == 0) {
        (void)fputs("No trial is valid, so this table shows nothing.", out);
    } else {
        say_levels(out, workload);
        say_proxy(out, workload);
        say_limits(out, workload);
    }
    if (fclose(out) != 0)
        abort();
    return text;
}

static bool unmeasured(const struct result_row *row)
{
    return !row_measured(row);
}

static bool proxy_grows(const struct result_row *row)
{
    return row_measured(row) && row->subject[RECORD_PROXY].rss_anon == SIGNAL_GROW;
}

static bool proxy_unclear(const struct result_row *row)
{
    return row_measured(row) && row->subject[RECORD_PROXY].rss_anon == SIGNAL_UNCLEAR;
}

static bool has_number(const struct result_workload *workload, enum metric_id id)
{
    for (size_t i = 0; i < workload->row_count; i++)
        if (!isnan(row_peer(&workload->rows[i])->metric[id].median))
            return true;
    return false;
}

static void say_levels(FILE *out, const struct result_workload *workload)
{
    if (!has_number(workload, METRIC_RSS_ANON_END))
        return;
    (void)fputs("The peer ends the churn with ", out);
    row_say_range(out, workload, row_measured, METRIC_RSS_ANON_END, row_say_mib);
    if (has_number(workload, METRIC_RSS_ANON_RELEASED)) {
        (void)fputs(" and is left with ", out);
        row_say_range(out, workload, row_measured, METRIC_RSS_ANON_RELEASED, row_say_mib);
        (void)fputs(" after the release call", out);
    }
    (void)fputs(". ", out);
}

static void say_proxy(FILE *out, const struct result_workload *workload)
{
    if (row_count_of(workload, proxy_grows)) {
        (void)fputs("The proxy grows ", out);
        row_say_where(out, workload, proxy_grows);
        (void)fputs(".", out);
    } else if (row_count_of(workload, proxy_unclear)) {
        (void)fputs("The proxy cannot be judged ", out);
        row_say_where(out, workload, proxy_unclear);
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
    if (row_count_of(workload, unmeasured)) {
        (void)fputs(" Nothing is known of ", out);
        row_say_names(out, workload, unmeasured);
        (void)fputs(".", out);
    }
    if (noisy)
        (void)fprintf(out, " %zu noisy %s counted.", noisy, noisy == 1 ? "trial is" : "trials are");
}
