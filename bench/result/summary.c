#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memory_stream.h"
#include "result.h"
#include "row_words.h"

static void say_levels(FILE *out, const struct result_workload *workload);
static void say_others(FILE *out, const struct result_workload *workload);
static void say_limits(FILE *out, const struct result_workload *workload);

char *result_summary(const struct result_workload *workload)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    if (row_count_of(workload, row_measured) == 0) {
        (void)fputs("No trial is valid, so this table shows nothing.", out);
    } else {
        say_levels(out, workload);
        say_others(out, workload);
        say_limits(out, workload);
    }
    char *text = memory_stream_close(&memory);
    if (*text == ' ') /* the first sentence is missing */
        (void)memmove(text, text + 1, strlen(text));
    return text;
}

static bool unmeasured(const struct result_row *row)
{
    return !row_measured(row);
}

static bool has_state(const struct result_row *row, size_t role, enum signal_state state)
{
    return row_measured(row) && row->subjects[role].rss_anon == state;
}

static bool has_number(const struct result_workload *workload, enum metric_id id)
{
    for (size_t i = 0; i < workload->row_count; i++)
        if (!isnan(row_primary(&workload->rows[i])->metric[id].median))
            return true;
    return false;
}

static void say_levels(FILE *out, const struct result_workload *workload)
{
    if (!has_number(workload, METRIC_RSS_ANON_END))
        return;
    (void)fprintf(out, "The %s ends the churn with ", workload->subject_names[RECORD_PRIMARY]);
    row_say_range(out, workload, row_measured, METRIC_RSS_ANON_END, row_say_mib);
    if (has_number(workload, METRIC_RSS_ANON_RELEASED)) {
        (void)fputs(" and is left with ", out);
        row_say_range(out, workload, row_measured, METRIC_RSS_ANON_RELEASED, row_say_mib);
        (void)fputs(" after the release call", out);
    }
    (void)fputs(".", out);
}

/* "on every row", "on glibc and mimalloc": where a signal of this subject has this state. */
static bool say_state(FILE *out, const struct result_workload *workload, size_t role,
                      enum signal_state state, const char *before)
{
    size_t count = 0, said = 0;
    for (size_t i = 0; i < workload->row_count; i++)
        count += has_state(&workload->rows[i], role, state);
    if (count == 0)
        return false;
    (void)fprintf(out, "The %s %s ", workload->subject_names[role], before);
    if (workload->row_count > 1 && count == row_count_of(workload, row_measured)) {
        (void)fputs("on every row.", out);
        return true;
    }
    for (size_t i = 0; i < workload->row_count; i++)
        if (has_state(&workload->rows[i], role, state))
            (void)fprintf(out, "%s%s",
                          said++ == 0     ? "on "
                          : said == count ? " and "
                                          : ", ",
                          workload->rows[i].row->name);
    (void)fputs(".", out);
    return true;
}

/* Of all that is measured but the primary subject. */
static void say_others(FILE *out, const struct result_workload *workload)
{
    for (size_t role = RECORD_PRIMARY + 1; role < workload->subject_count; role++) {
        (void)fputs(" ", out);
        if (!say_state(out, workload, role, SIGNAL_GROW, "grows") &&
            !say_state(out, workload, role, SIGNAL_UNCLEAR, "cannot be judged"))
            (void)fprintf(out, "The %s stays flat.", workload->subject_names[role]);
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
