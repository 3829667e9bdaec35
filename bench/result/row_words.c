#include "row_words.h"

#include <math.h>
#include <string.h>

#include "number.h"

bool row_measured(const struct result_row *row)
{
    return row->valid > 0;
}

bool row_tells_live(const struct result_row *row)
{
    return row_measured(row) && row_primary(row)->live_available;
}

bool row_live_grows(const struct result_row *row)
{
    return row_tells_live(row) && row_primary(row)->live == SIGNAL_GROW;
}

bool row_live_flat(const struct result_row *row)
{
    return row_tells_live(row) && row_primary(row)->live == SIGNAL_FLAT;
}

bool row_rss_grows(const struct result_row *row)
{
    return row_measured(row) && row_primary(row)->rss_anon == SIGNAL_GROW;
}

bool row_is_leak(const struct result_row *row)
{
    return row_measured(row) && row_primary(row)->verdict.kind == VERDICT_LEAK;
}

bool row_is_several(const struct result_row *row)
{
    return row->valid > 0 && record_primary(row->records[0])->process_count > 0;
}

bool row_has_finding(const struct result_row *row, enum finding_kind kind)
{
    return row_measured(row) && voted_findings_get(&row_primary(row)->findings, kind) != NULL;
}

const struct result_subject *row_primary(const struct result_row *row)
{
    return &row->subjects[RECORD_PRIMARY];
}

const struct result_subject *row_subject(const struct result_row *row, const char *name)
{
    for (size_t i = 0; i < row->subject_count; i++)
        if (strcmp(row->subjects[i].name, name) == 0)
            return &row->subjects[i];
    return NULL;
}

size_t row_count_of(const struct result_workload *workload, row_filter *filter)
{
    size_t count = 0;
    for (size_t i = 0; i < workload->row_count; i++)
        count += filter(&workload->rows[i]);
    return count;
}

void row_say_names(FILE *out, const struct result_workload *workload, row_filter *filter)
{
    size_t left = row_count_of(workload, filter);
    for (size_t i = 0; i < workload->row_count; i++) {
        if (!filter(&workload->rows[i]))
            continue;
        left--;
        const char *after = left > 1 ? ", " : left == 1 ? " and " : "";
        (void)fprintf(out, "%s%s", workload->rows[i].row->name, after);
    }
}

void row_say_where(FILE *out, const struct result_workload *workload, row_filter *filter)
{
    (void)fputs("on ", out);
    if (workload->row_count > 1 &&
        row_count_of(workload, filter) == row_count_of(workload, row_measured))
        (void)fputs("every row", out);
    else
        row_say_names(out, workload, filter);
}

void row_say_range(FILE *out, const struct result_workload *workload, row_filter *filter,
                   enum metric_id metric, void (*say)(FILE *out, double value))
{
    const struct result_row *least = NULL, *most = NULL;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        if (!filter(row) || isnan(row_primary(row)->metric[metric].median))
            continue;
        if (!least ||
            row_primary(row)->metric[metric].median < row_primary(least)->metric[metric].median)
            least = row;
        if (!most ||
            row_primary(row)->metric[metric].median > row_primary(most)->metric[metric].median)
            most = row;
    }
    if (!least)
        return;
    say(out, row_primary(least)->metric[metric].median);
    if (least != most) {
        (void)fprintf(out, " (%s) to ", least->row->name);
        say(out, row_primary(most)->metric[metric].median);
        (void)fprintf(out, " (%s)", most->row->name);
    }
}

static void say_number(FILE *out, double value, const char *unit)
{
    char text[NUMBER_TEXT_MAX];
    (void)fprintf(out, "%s %s", number_format(value, text, sizeof text), unit);
}

void row_say_per_cycle(FILE *out, double bytes)
{
    bool large = fabs(bytes) >= 1000;
    say_number(out, large ? bytes / 1000 : bytes, large ? "kB" : "B");
}

void row_say_mib(FILE *out, double bytes)
{
    say_number(out, bytes / (1024.0 * 1024.0), "MiB");
}
