#include "row_words.h"

#include <math.h>

#include "number.h"

bool row_measured(const struct result_row *row)
{
    return row->valid > 0;
}

bool row_tells_live(const struct result_row *row)
{
    return row_measured(row) && row_peer(row)->live_available;
}

bool row_live_grows(const struct result_row *row)
{
    return row_tells_live(row) && row_peer(row)->live == SIGNAL_GROW;
}

bool row_live_flat(const struct result_row *row)
{
    return row_tells_live(row) && row_peer(row)->live == SIGNAL_FLAT;
}

const struct result_subject *row_peer(const struct result_row *row)
{
    return &row->subject[RECORD_PEER];
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
        if (!filter(row) || isnan(row_peer(row)->metric[metric].median))
            continue;
        if (!least || row_peer(row)->metric[metric].median < row_peer(least)->metric[metric].median)
            least = row;
        if (!most || row_peer(row)->metric[metric].median > row_peer(most)->metric[metric].median)
            most = row;
    }
    if (!least)
        return;
    say(out, row_peer(least)->metric[metric].median);
    if (least != most) {
        (void)fprintf(out, " (%s) to ", least->row->name);
        say(out, row_peer(most)->metric[metric].median);
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
