#include "row_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "memory_stream.h"
#include "number.h"

enum { ROWS_NAMED_TOGETHER = 3 };

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

/* Do all measured rows of this one's allocator pass, three of them at least? Names then say little.
 */
static bool whole_allocator(const struct result_workload *workload, const bool *chosen,
                            size_t index)
{
    size_t count = 0;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        if (!row_measured(row) ||
            strcmp(row->row->allocator, workload->rows[index].row->allocator) != 0)
            continue;
        if (!chosen[i])
            return false;
        count++;
    }
    return count >= ROWS_NAMED_TOGETHER;
}

static bool is_first_of_allocator(const struct result_workload *workload, const bool *chosen,
                                  size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (chosen[i] &&
            strcmp(workload->rows[i].row->allocator, workload->rows[index].row->allocator) == 0)
            return false;
    return true;
}

/* "a", "a and b", "a, b and c": what stands after an item when so many are left. */
static const char *after_item(size_t left)
{
    return left > 1 ? ", " : left == 1 ? " and " : "";
}

static void say_chosen(FILE *out, const struct result_workload *workload, const bool *chosen)
{
    size_t single = 0, whole = 0;
    for (size_t i = 0; i < workload->row_count; i++) {
        bool all = chosen[i] && whole_allocator(workload, chosen, i);
        whole += all && is_first_of_allocator(workload, chosen, i);
        single += chosen[i] && !all;
    }
    size_t left = single + (whole > 0);
    for (size_t i = 0; i < workload->row_count; i++)
        if (chosen[i] && !whole_allocator(workload, chosen, i))
            (void)fprintf(out, "%s%s", workload->rows[i].row->name, after_item(--left));
    if (whole > 0)
        (void)fputs("all rows of ", out);
    for (size_t i = 0; i < workload->row_count; i++)
        if (chosen[i] && is_first_of_allocator(workload, chosen, i) &&
            whole_allocator(workload, chosen, i))
            (void)fprintf(out, "%s%s", workload->rows[i].row->allocator, after_item(--whole));
}

static bool *rows_chosen(const struct result_workload *workload, row_filter *filter, bool turned)
{
    bool *chosen = calloc(workload->row_count + 1, sizeof *chosen);
    if (!chosen)
        abort();
    for (size_t i = 0; i < workload->row_count; i++)
        chosen[i] = turned ? row_measured(&workload->rows[i]) && !filter(&workload->rows[i])
                           : filter(&workload->rows[i]);
    return chosen;
}

void row_say_names(FILE *out, const struct result_workload *workload, row_filter *filter)
{
    AUTO_FREE bool *chosen = rows_chosen(workload, filter, false);
    say_chosen(out, workload, chosen);
}

void row_say_where(FILE *out, const struct result_workload *workload, row_filter *filter)
{
    size_t of_them = row_count_of(workload, filter);
    size_t others = row_count_of(workload, row_measured) - of_them;
    (void)fputs("on ", out);
    if (workload->row_count > 1 && others == 0) {
        (void)fputs("every row", out);
        return;
    }
    bool few_others = of_them >= ROWS_NAMED_TOGETHER && others * 2 <= of_them;
    AUTO_FREE bool *chosen = rows_chosen(workload, filter, few_others);
    if (few_others)
        (void)fputs("every row but ", out);
    say_chosen(out, workload, chosen);
}

static char *text_of(void (*say)(FILE *out, double value), double value)
{
    struct memory_stream memory;
    say(memory_stream_open(&memory), value);
    return memory_stream_close(&memory);
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
    AUTO_FREE char *low = text_of(say, row_primary(least)->metric[metric].median);
    AUTO_FREE char *high = text_of(say, row_primary(most)->metric[metric].median);
    if (strcmp(low, high) == 0)
        (void)fputs(low, out);
    else
        (void)fprintf(out, "%s (%s) to %s (%s)", low, least->row->name, high, most->row->name);
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
