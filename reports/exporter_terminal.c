#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "exporter.h"
#include "footnotes.h"
#include "number.h"
#include "plot.h"
#include "run_text.h"
#include "sections.h"
#include "sparkline.h"
#include "table.h"
#include "wrap.h"

enum { WIDE_COLUMNS = 120, SPARKLINE_CELLS_MIN = 6, SPARKLINE_CELLS = 24, LINE_TEXT_MAX = 1024 };

/* One workload on its way to the terminal. */
struct page {
    const struct result *result;
    const struct result_workload *workload;
    const struct report_style *style;
    FILE *out;
    struct footnotes footnotes;
};

static void print_run(const struct result *result, FILE *out, const struct report_style *style);
static void print_workload(struct page *page);

static void write_terminal(const struct result *result, FILE *out, const struct report_style *style)
{
    print_run(result, out, style);
    for (size_t i = 0; i < result->workload_count; i++) {
        struct page page = {
            .result = result,
            .workload = &result->workloads[i],
            .style = style,
            .out = out,
        };
        print_workload(&page);
    }
    if (result->workload_count > 1)
        section_short_terminal(result, out, style);
}

const struct exporter exporter_terminal = {
    .name = "terminal",
    .summary = "the tables, for a terminal of any width",
    .write = write_terminal,
};

static void print_heading(struct page *page);
static void print_memory(struct page *page);
static void print_rates(struct page *page);
static void print_proxy(struct page *page);
static void print_footnotes(struct page *page);
static void print_notes(struct page *page);

static void print_run(const struct result *result, FILE *out, const struct report_style *style)
{
    char text[LINE_TEXT_MAX];
    wrap_print(out, style, TABLE_DIM, "", 0, run_text_host(result, text, sizeof text));
    if (*run_text_versions(result, text, sizeof text))
        wrap_print(out, style, TABLE_DIM, "", 0, text);
}

static void print_workload(struct page *page)
{
    print_heading(page);
    print_memory(page);
    plot_print(page->out, page->style, page->workload);
    print_rates(page);
    print_proxy(page);
    print_footnotes(page);
    section_holding_terminal(page->workload, page->out, page->style);
    section_giving_back_terminal(page->workload, page->out, page->style);
    section_verdict_terminal(page->workload, page->out, page->style);
    section_comparison_terminal(page->workload, page->out, page->style);
    print_notes(page);
    (void)fputc('\n', page->out);
    if (page->workload->conclusion)
        wrap_print(page->out, page->style, TABLE_BOLD, "", 0, page->workload->conclusion);
    wrap_print(page->out, page->style, TABLE_PLAIN, "", 0, page->workload->summary);
    section_recommendation_terminal(page->workload, page->out, page->style);
}

static void print_heading(struct page *page)
{
    char text[LINE_TEXT_MAX];
    const char *name = page->workload->workload->name;
    (void)fputc('\n', page->out);
    table_print_text(page->out, page->style, TABLE_BOLD, name);
    (void)fputc('\n', page->out);
    for (size_t i = 0; i < table_text_width(name); i++)
        (void)fputs(page->style->utf8 ? "─" : "-", page->out);
    (void)fputc('\n', page->out);
    if (page->workload->workload->question)
        wrap_print(page->out, page->style, TABLE_PLAIN, "", 0, page->workload->workload->question);
    wrap_print(page->out, page->style, TABLE_DIM, "", 0,
               run_text_plan(page->result, page->workload, text, sizeof text));
}

static void caption(struct page *page, const char *text)
{
    (void)fputc('\n', page->out);
    wrap_print(page->out, page->style, TABLE_DIM, "", 0, text);
}

static bool is_wide(const struct page *page)
{
    return page->style->width >= WIDE_COLUMNS;
}

static void add_heading(struct table *table, const struct column_set *set)
{
    table_row(table);
    table_cell(table, TABLE_LEFT, TABLE_BOLD, "%s", "");
    for (size_t i = 0; i < set->count; i++)
        table_cell(table, TABLE_RIGHT, TABLE_BOLD, "%s", set->columns[i].over);
    table_row(table);
    table_cell(table, TABLE_LEFT, TABLE_BOLD, "row");
    for (size_t i = 0; i < set->count; i++)
        table_cell(table, TABLE_RIGHT, TABLE_BOLD, "%s", set->columns[i].title);
}

static const char *mark(struct page *page, const char *reason, char *out, size_t size)
{
    return footnote_mark(&page->footnotes, reason, page->style->utf8, out, size);
}

static void add_values(struct page *page, struct table *table, const struct column_set *set,
                       const struct result_row *row, enum record_role role)
{
    table_row(table);
    table_cell(table, TABLE_LEFT, TABLE_PLAIN, "%s", row->row->name);
    for (size_t i = 0; i < set->count; i++) {
        const struct estimate *estimate = &row->subject[role].metric[set->columns[i].metric];
        char text[CELL_TEXT_MAX];
        if (estimate->unavailable)
            table_cell(table, TABLE_RIGHT, TABLE_DIM, "n/a%s",
                       mark(page, estimate->unavailable, text, sizeof text));
        else
            table_cell(table, TABLE_RIGHT, TABLE_PLAIN, "%s",
                       cell_median(&set->columns[i], estimate, text, sizeof text));
    }
}

/* Where there is room: least and greatest of each number below it. */
static void add_ranges_in_columns(const struct page *page, struct table *table,
                                  const struct column_set *set,
                                  const struct result_subject *subject)
{
    table_row(table);
    table_cell(table, TABLE_LEFT, TABLE_DIM, "%s", "");
    for (size_t i = 0; i < set->count; i++) {
        const struct estimate *estimate = &subject->metric[set->columns[i].metric];
        char text[CELL_TEXT_MAX] = "";
        if (!estimate->unavailable)
            (void)cell_range(&set->columns[i], estimate, page->style->utf8, text, sizeof text);
        table_cell(table, TABLE_RIGHT, TABLE_DIM, "%s", text);
    }
}

/* Where there is little: in words, those of the key columns that are more than one number. */
static void add_ranges_in_line(const struct page *page, struct table *table,
                               const struct column_set *set, const struct result_subject *subject)
{
    char line[LINE_TEXT_MAX] = "";
    size_t used = 0;
    for (size_t i = 0; i < set->count && used < sizeof line; i++) {
        const struct column *column = &set->columns[i];
        const struct estimate *estimate = &subject->metric[column->metric];
        char median[CELL_TEXT_MAX], range[CELL_TEXT_MAX];
        (void)cell_median(column, estimate, median, sizeof median);
        (void)cell_range(column, estimate, page->style->utf8, range, sizeof range);
        if (column->key && !estimate->unavailable && strcmp(median, range) != 0)
            used += (size_t)snprintf(line + used, sizeof line - used, "%s%s %s", used ? ", " : "",
                                     column->label, range);
    }
    if (used)
        table_span(table, line);
}

static void add_ranges(const struct page *page, struct table *table, const struct column_set *set,
                       const struct result_row *row, enum record_role role)
{
    if (row->valid < 2)
        return;
    if (is_wide(page))
        add_ranges_in_columns(page, table, set, &row->subject[role]);
    else
        add_ranges_in_line(page, table, set, &row->subject[role]);
}

static void add_verdict(struct table *table, const struct result_row *row, enum record_role role)
{
    static const enum table_look looks[] = {
        [VERDICT_INCONCLUSIVE] = TABLE_DIM,
        [VERDICT_LEAK] = TABLE_RED,
        [VERDICT_RETENTION] = TABLE_YELLOW,
        [VERDICT_PLATEAU] = TABLE_GREEN,
    };
    const struct result_subject *subject = &row->subject[role];
    char text[CELL_TEXT_MAX];
    table_cell(table, TABLE_LEFT, looks[subject->verdict.kind], "%s",
               cell_verdict(row, role, text, sizeof text));
}

/* The curves take what width is left; `lines[i]` is the table's line of row i. */
static void add_curves(const struct page *page, struct table *table, const size_t *lines)
{
    int left = page->style->width - (int)table_width(table) - 2;
    size_t cells = (size_t)(left > SPARKLINE_CELLS ? SPARKLINE_CELLS : left < 0 ? 0 : left);
    if (cells < SPARKLINE_CELLS_MIN)
        return;
    double top = curve_top(page->workload);
    table_cell_at(table, 1, TABLE_LEFT, TABLE_BOLD, cells < 9 ? "curve" : "RSS curve");
    for (size_t i = 0; i < page->workload->row_count; i++) {
        char text[SPARKLINE_TEXT_MAX];
        const struct result_curve *curve =
            &page->workload->rows[i].subject[RECORD_PEER].rss_anon_curve;
        table_cell_at(
            table, lines[i], TABLE_LEFT, TABLE_PLAIN,
            sparkline(curve->median, RESULT_CURVE_POINTS, top, cells, page->style->utf8, text));
    }
}

#define MEMORY_CAPTION                                                                            \
    "Memory of the peer in MiB: anonymous RSS from start to released, then live and heap at the " \
    "end of the churn."

static void print_memory(struct page *page)
{
    const struct result_workload *workload = page->workload;
    AUTO(table) struct table table = {0};
    AUTO_FREE size_t *lines = calloc(workload->row_count + 1, sizeof *lines);
    if (!lines)
        abort();
    caption(page, page->result->stored->run.blocks > 1 ? MEMORY_CAPTION
                      " Medians of the blocks; below them least to greatest."
                                                       : MEMORY_CAPTION);
    add_heading(&table, &memory_columns);
    for (size_t i = 0; i < workload->row_count; i++) {
        add_values(page, &table, &memory_columns, &workload->rows[i], RECORD_PEER);
        lines[i] = table.row_count - 1;
        add_ranges(page, &table, &memory_columns, &workload->rows[i], RECORD_PEER);
    }
    add_curves(page, &table, lines);
    table_print(&table, page->out, page->style);
}

static void print_rates(struct page *page)
{
    AUTO(table) struct table table = {0};
    caption(page, "Growth per cycle, cost and verdict:");
    add_heading(&table, &rate_columns);
    table_cell(&table, TABLE_LEFT, TABLE_BOLD, "verdict");
    for (size_t i = 0; i < page->workload->row_count; i++) {
        const struct result_row *row = &page->workload->rows[i];
        add_values(page, &table, &rate_columns, row, RECORD_PEER);
        add_verdict(&table, row, RECORD_PEER);
        add_ranges(page, &table, &rate_columns, row, RECORD_PEER);
    }
    table_print(&table, page->out, page->style);
}

static void print_proxy(struct page *page)
{
    AUTO(table) struct table table = {0};
    caption(page, "The proxy, anonymous RSS in MiB:");
    add_heading(&table, &proxy_columns);
    table_cell(&table, TABLE_LEFT, TABLE_BOLD, "verdict");
    for (size_t i = 0; i < page->workload->row_count; i++) {
        const struct result_row *row = &page->workload->rows[i];
        add_values(page, &table, &proxy_columns, row, RECORD_PROXY);
        add_verdict(&table, row, RECORD_PROXY);
    }
    table_print(&table, page->out, page->style);
}

static void print_footnotes(struct page *page)
{
    if (page->footnotes.count)
        (void)fputc('\n', page->out);
    for (size_t i = 0; i < page->footnotes.count; i++) {
        char text[CELL_TEXT_MAX];
        const char *reason = page->footnotes.reasons[i];
        wrap_print(page->out, page->style, TABLE_PLAIN, mark(page, reason, text, sizeof text),
                   page->style->utf8 ? 2 : 4, reason);
    }
}

static void print_notes(struct page *page)
{
    char text[LINE_TEXT_MAX];
    bool any = false;
    for (size_t i = 0; i < page->workload->row_count; i++) {
        for (size_t cursor = 0;
             cell_note_next(&page->workload->rows[i], &cursor, text, sizeof text); any = true) {
            if (!any)
                caption(page, "Trials to know about:");
            wrap_print(page->out, page->style, TABLE_PLAIN, "-", 2, text);
        }
    }
}
