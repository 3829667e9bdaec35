#include <math.h>
#include <stdio.h>
#include <string.h>

#include "columns.h"
#include "footnotes.h"
#include "json_build.h"
#include "markdown.h"
#include "number.h"
#include "sections.h"
#include "sparkline.h"
#include "table.h"
#include "wrap.h"

#define MIB (1024.0 * 1024.0)

#define CAPTION                                                                                \
    "What goes back to the system, in MiB: before and after the release call. Less lazy: RSS " \
    "without pages that are the kernel's for the asking (LazyFree)."
#define CURVE_CAPTION                                                                            \
    "Anonymous RSS in MiB, seconds after the end of the load, while nothing happens and nobody " \
    "asks:"

static const struct column columns[] = {
    {"RSS", "quiet", "RSS quiet", METRIC_RSS_QUIET, MIB, false},
    {"RSS", "after", "RSS after", METRIC_RSS_RELEASED, MIB, false},
    {"less", "lazy", "less lazy after", METRIC_RSS_LESS_LAZY_RELEASED, MIB, false},
    {"heap", "quiet", "heap quiet", METRIC_HEAP_QUIET, MIB, false},
    {"heap", "after", "heap after", METRIC_HEAP_RELEASED, MIB, false},
    {"cache", "quiet", "cached quiet", METRIC_CACHED_QUIET, MIB, false},
    {"cache", "after", "cached after", METRIC_CACHED_RELEASED, MIB, false},
    {"call", "ms", "call, ms", METRIC_RELEASE_TIME, 1e6, false},
};
static const size_t column_count = sizeof columns / sizeof columns[0];

/* From this length of quiet on the curve is worth a table. */
static const double curve_seconds = 5.0;
static const double moments[] = {0, 1, 2, 5, 10, 15, 30, 60};
static const size_t moment_count = sizeof moments / sizeof moments[0];

enum { CURVE_CELLS = 15 };

static double longest(const struct result_workload *workload)
{
    double seconds = 0;
    for (size_t i = 0; i < workload->row_count; i++)
        seconds = fmax(seconds, workload->rows[i].giving_back.seconds);
    return seconds;
}

static double highest(const struct result_workload *workload)
{
    double top = 0;
    for (size_t i = 0; i < workload->row_count; i++)
        for (size_t p = 0; p < GIVING_BACK_POINTS; p++)
            top = fmax(top, workload->rows[i].giving_back.median[p]);
    return top;
}

static bool shown(double moment, double seconds)
{
    return moment <= seconds + 0.5;
}

static void print_calls(const struct result_workload *workload, FILE *out,
                        const struct report_style *style)
{
    for (size_t i = 0; i < workload->row_count; i++) {
        char sentence[512];
        const struct result_holding *holding = &workload->rows[i].holding;
        bool said = false;
        for (size_t j = 0; j < i; j++)
            said = said || workload->rows[j].holding.call == holding->call ||
                   strcmp(workload->rows[j].row->allocator, workload->rows[i].row->allocator) == 0;
        if (said || !holding->call)
            continue;
        (void)snprintf(sentence, sizeof sentence, "%s: %s, called by the main thread, reaches %s.",
                       workload->rows[i].row->allocator, holding->call,
                       holding->reach ? holding->reach : "what it can");
        if (style)
            wrap_print(out, style, TABLE_DIM, "-", 2, sentence);
        else {
            (void)fputs("- ", out);
            markdown_text(out, sentence);
            (void)fputc('\n', out);
        }
    }
}

static void print_curve(const struct result_workload *workload, FILE *out,
                        const struct report_style *style)
{
    AUTO(table) struct table table = {0};
    double seconds = longest(workload);
    double top = highest(workload);
    (void)fputc('\n', out);
    wrap_print(out, style, TABLE_DIM, "", 0, CURVE_CAPTION);
    table_row(&table);
    table_cell(&table, TABLE_LEFT, TABLE_BOLD, "row");
    for (size_t m = 0; m < moment_count && shown(moments[m], seconds); m++)
        table_cell(&table, TABLE_RIGHT, TABLE_BOLD, "%.0f s", moments[m]);
    table_cell(&table, TABLE_LEFT, TABLE_BOLD, "curve");
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct giving_back *curve = &workload->rows[i].giving_back;
        char text[SPARKLINE_TEXT_MAX];
        table_row(&table);
        table_cell(&table, TABLE_LEFT, TABLE_PLAIN, "%s", workload->rows[i].row->name);
        for (size_t m = 0; m < moment_count && shown(moments[m], seconds); m++)
            table_cell(&table, TABLE_RIGHT, TABLE_PLAIN, "%s",
                       number_format(giving_back_at(curve, moments[m]) / MIB, text, sizeof text));
        table_cell(
            &table, TABLE_LEFT, TABLE_PLAIN, "%s",
            sparkline(curve->median, GIVING_BACK_POINTS, top, CURVE_CELLS, style->utf8, text));
    }
    table_print(&table, out, style);
}

void section_giving_back_terminal(const struct result_workload *workload, FILE *out,
                                  const struct report_style *style)
{
    AUTO(table) struct table table = {0};
    struct footnotes footnotes = {0};
    (void)fputc('\n', out);
    wrap_print(out, style, TABLE_DIM, "", 0, CAPTION);
    for (int line = 0; line < 2; line++) {
        table_row(&table);
        table_cell(&table, TABLE_LEFT, TABLE_BOLD, "%s", line ? "row" : "");
        for (size_t i = 0; i < column_count; i++)
            table_cell(&table, TABLE_RIGHT, TABLE_BOLD, "%s",
                       line ? columns[i].title : columns[i].over);
    }
    for (size_t r = 0; r < workload->row_count; r++) {
        const struct result_row *row = &workload->rows[r];
        table_row(&table);
        table_cell(&table, TABLE_LEFT, TABLE_PLAIN, "%s", row->row->name);
        for (size_t i = 0; i < column_count; i++) {
            const struct estimate *estimate = &row->subject[RECORD_PEER].metric[columns[i].metric];
            char text[CELL_TEXT_MAX], mark[FOOTNOTE_MARK_MAX] = "";
            if (estimate->unavailable)
                (void)footnote_mark(&footnotes, estimate->unavailable, style->utf8, mark,
                                    sizeof mark);
            table_cell(&table, TABLE_RIGHT, estimate->unavailable ? TABLE_DIM : TABLE_PLAIN, "%s%s",
                       cell_median(&columns[i], estimate, text, sizeof text), mark);
        }
    }
    table_print(&table, out, style);
    for (size_t i = 0; i < footnotes.count; i++) {
        char mark[FOOTNOTE_MARK_MAX];
        wrap_print(out, style, TABLE_PLAIN,
                   footnote_mark(&footnotes, footnotes.reasons[i], style->utf8, mark, sizeof mark),
                   style->utf8 ? 2 : 4, footnotes.reasons[i]);
    }
    print_calls(workload, out, style);
    if (longest(workload) >= curve_seconds)
        print_curve(workload, out, style);
}

void section_giving_back_markdown(const struct result_workload *workload, FILE *out)
{
    struct footnotes footnotes = {0};
    markdown_paragraph(out, CAPTION);
    (void)fputs("| row |", out);
    for (size_t i = 0; i < column_count; i++)
        (void)fprintf(out, " %s |", columns[i].label);
    (void)fputs("\n|---|", out);
    for (size_t i = 0; i < column_count; i++)
        (void)fputs("---:|", out);
    (void)fputc('\n', out);
    for (size_t r = 0; r < workload->row_count; r++) {
        const struct result_row *row = &workload->rows[r];
        (void)fputs("| ", out);
        markdown_text(out, row->row->name);
        for (size_t i = 0; i < column_count; i++) {
            const struct estimate *estimate = &row->subject[RECORD_PEER].metric[columns[i].metric];
            char text[CELL_TEXT_MAX];
            (void)fprintf(out, " | %s", cell_median(&columns[i], estimate, text, sizeof text));
            if (estimate->unavailable)
                (void)fprintf(out, " <sup>%zu</sup>",
                              footnote_number(&footnotes, estimate->unavailable));
        }
        (void)fputs(" |\n", out);
    }
    (void)fputc('\n', out);
    for (size_t i = 0; i < footnotes.count; i++) {
        (void)fprintf(out, "%zu. ", i + 1);
        markdown_text(out, footnotes.reasons[i]);
        (void)fputc('\n', out);
    }
    if (footnotes.count)
        (void)fputc('\n', out);
    print_calls(workload, out, NULL);
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
