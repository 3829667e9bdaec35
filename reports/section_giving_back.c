#include <math.h>
#include <stdio.h>

#include "giving_back_text.h"
#include "json_build.h"
#include "markdown.h"
#include "number.h"
#include "row_words.h"
#include "sections.h"
#include "sparkline.h"

#define MIB (1024.0 * 1024.0)

enum { CURVE_CELLS = 15 };

static void print_curve(const struct result_workload *workload, size_t moments,
                        struct terminal *terminal);

void section_giving_back_terminal(const struct result_workload *workload, struct terminal *terminal)
{
    AUTO(table) struct table table = {.row_count = 0};
    struct column_choice choice;
    const struct column_set *set =
        terminal_told(&giving_back_columns, workload, RECORD_PRIMARY, &choice);
    terminal_headings(&table, "giving back", set);
    for (size_t i = 0; i < workload->row_count; i++)
        if (row_measured(&workload->rows[i]))
            terminal_values(terminal, &table, set, &workload->rows[i], RECORD_PRIMARY);
    if (table.row_count == 0)
        return;
    terminal_table(terminal, &table);
    terminal_untold(terminal, &giving_back_columns, workload, RECORD_PRIMARY);
    terminal_remark(terminal, giving_back_caption);
    size_t moments = giving_back_moment_count(workload);
    if (moments)
        print_curve(workload, moments, terminal);
}

static double highest(const struct result_workload *workload)
{
    double top = 0;
    for (size_t i = 0; i < workload->row_count; i++)
        for (size_t p = 0; p < GIVING_BACK_POINTS; p++)
            top = fmax(top, workload->rows[i].giving_back.median[p]);
    return top;
}

static void print_curve(const struct result_workload *workload, size_t moments,
                        struct terminal *terminal)
{
    AUTO(table) struct table table = {.row_count = 0};
    double top = highest(workload);
    table_heading(&table, TABLE_LEFT, TABLE_STAYS, "unasked");
    for (size_t m = 0; m < moments; m++) {
        char text[NUMBER_TEXT_MAX];
        bool stays = m == 0 || m + 1 == moments;
        (void)snprintf(text, sizeof text, "%.0f s", giving_back_moments[m]);
        table_heading(&table, TABLE_RIGHT, stays ? TABLE_STAYS : 2, text);
    }
    table_heading(&table, TABLE_LEFT, 1, "curve");
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct giving_back *curve = &workload->rows[i].giving_back;
        char text[SPARKLINE_TEXT_MAX];
        if (!row_measured(&workload->rows[i]))
            continue;
        table_row(&table);
        table_cell(&table, TABLE_LEFT, LOOK_PLAIN, "%s", workload->rows[i].row->name);
        for (size_t m = 0; m < moments; m++)
            table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "%s",
                       number_format(giving_back_at(curve, giving_back_moments[m]) / MIB, text,
                                     sizeof text));
        table_cell(&table, TABLE_LEFT, LOOK_PLAIN, "%s",
                   sparkline(curve->median, GIVING_BACK_POINTS, top, CURVE_CELLS,
                             terminal->style->utf8, text));
    }
    terminal_table(terminal, &table);
    terminal_remark(terminal, giving_back_curve_caption);
}

void section_giving_back_markdown(const struct result_workload *workload, FILE *out)
{
    const struct column_set *set = &giving_back_columns;
    struct footnotes footnotes = {0};
    markdown_paragraph(out, giving_back_caption);
    (void)fputs("| row |", out);
    for (size_t i = 0; i < set->count; i++)
        (void)fprintf(out, " %s |", set->columns[i].label);
    (void)fputs("\n|---|", out);
    for (size_t i = 0; i < set->count; i++)
        (void)fputs("---:|", out);
    (void)fputc('\n', out);
    for (size_t r = 0; r < workload->row_count; r++) {
        const struct result_row *row = &workload->rows[r];
        (void)fputs("| ", out);
        markdown_text(out, row->row->name);
        for (size_t i = 0; i < set->count; i++) {
            const struct column *column = &set->columns[i];
            const struct estimate *estimate = &row->subjects[RECORD_PRIMARY].metric[column->metric];
            char text[CELL_TEXT_MAX];
            (void)fprintf(out, " | %s", cell_median(column, estimate, text, sizeof text));
            if (estimate->unavailable)
                (void)fprintf(out, " <sup>%zu</sup>",
                              footnote_number(&footnotes, estimate->unavailable));
        }
        (void)fputs(" |\n", out);
    }
    (void)fputc('\n', out);
    markdown_footnotes(out, &footnotes);
    for (size_t i = 0; i < workload->row_count; i++) {
        AUTO_FREE char *call = giving_back_call(workload, i);
        if (!call)
            continue;
        (void)fputs("- ", out);
        markdown_text(out, call);
        (void)fputc('\n', out);
    }
    (void)fputc('\n', out);
}

json_t *section_giving_back_json(const struct result_row *row)
{
    const struct giving_back *curve = &row->giving_back;
    json_t *json = json_build(json_object());
    json_t *points = json_build(json_array());
    for (size_t p = 0; p < GIVING_BACK_POINTS; p++)
        json_build_push(points, json_build_number(curve->median[p]));
    json_build_put(json, "call", json_build_text(row->holding.call));
    json_build_put(json, "reach", json_build_text(row->holding.reach));
    json_build_put(json, "given_back_bytes", json_build_number(row->holding.given_back_bytes));
    json_build_put(json, "curve_seconds", json_build_number(curve->seconds));
    json_build_put(json, "rss_anon_curve_bytes", points);
    return json;
}
