#include <stdlib.h>
#include <string.h>

#include "agent_text.h"
#include "columns.h"
#include "exporter.h"
#include "footnotes.h"
#include "malloc_share.h"
#include "markdown.h"
#include "run_text.h"
#include "sections.h"
#include "sparkline.h"
#include "trial_notes.h"

enum { TEXT_MAX = 4096, CURVE_CELLS = 20 };

static void write_workload(const struct result *result, const struct result_workload *workload,
                           FILE *out);

static void write_markdown(const struct result *result, FILE *out, const struct text_style *style)
{
    (void)style;
    char text[TEXT_MAX];
    section_short_markdown(result, out);
    for (size_t i = 0; i < result->workload_count; i++)
        write_workload(result, &result->workloads[i], out);
    section_threads_markdown(result, out);
    markdown_paragraph(out, run_text_host(result, text, sizeof text));
    if (*run_text_versions(result, text, sizeof text))
        markdown_paragraph(out, text);
    AUTO_FREE char *absent = run_text_absent(result, SIZE_MAX);
    if (absent)
        markdown_paragraph(out, absent);
}

const struct exporter exporter_markdown = {
    .name = "markdown",
    .file = "report.md",
    .summary = "the tables for a README, a step summary or a comment",
    .stored = true,
    .write = write_markdown,
};

static void put_mark(FILE *out, struct footnotes *footnotes, const char *reason)
{
    (void)fprintf(out, " <sup>%zu</sup>", footnote_number(footnotes, reason));
}

static void put_heading(FILE *out, const struct column_set *set, const char *last)
{
    (void)fputs("| row |", out);
    for (size_t i = 0; i < set->count; i++)
        (void)fprintf(out, " %s |", set->columns[i].label);
    (void)fprintf(out, "%s%s\n|---|", last, *last ? " |" : "");
    for (size_t i = 0; i < set->count; i++)
        (void)fputs("---:|", out);
    (void)fprintf(out, "%s\n", *last ? "---|" : "");
}

static void put_values(FILE *out, const struct column_set *set, const struct result_row *row,
                       size_t role, struct footnotes *footnotes)
{
    (void)fputs("| ", out);
    markdown_text(out, row->row->name);
    (void)fputs(" |", out);
    for (size_t i = 0; i < set->count; i++) {
        const struct column *column = &set->columns[i];
        const struct estimate *estimate = &row->subjects[role].metric[column->metric];
        char text[CELL_TEXT_MAX];
        if (estimate->unavailable) {
            (void)fprintf(out, " %s",
                          cell_value(column, &row->subjects[role], true, text, sizeof text));
            put_mark(out, footnotes, estimate->unavailable);
        } else {
            char range[CELL_TEXT_MAX];
            (void)cell_median(column, estimate, text, sizeof text);
            (void)cell_range(column, estimate, true, range, sizeof range);
            (void)fprintf(out, " %s", text);
            if (strcmp(text, range) != 0)
                (void)fprintf(out, " (%s)", range);
        }
        (void)fputs(" |", out);
    }
}

static void put_verdict(FILE *out, const struct result_row *row, size_t role,
                        struct footnotes *footnotes)
{
    char text[CELL_TEXT_MAX];
    (void)fprintf(out, " %s", cell_verdict(row, role, text, sizeof text));
    put_mark(out, footnotes, row->subjects[role].verdict_sentence);
    (void)fputs(" |\n", out);
}

static void put_memory(const struct result_workload *workload, struct footnotes *footnotes,
                       FILE *out)
{
    double top = curve_top(workload);
    struct column_choice choice;
    const struct column_set *set =
        columns_choose(&memory_columns, workload, RECORD_PRIMARY, &choice);
    (void)fprintf(
        out, "Memory of the %s in MiB, median (min–max) of the blocks: RSS%s.\n\n",
        workload->subject_names[RECORD_PRIMARY],
        workload->workload->ends
            ? ""
            : " from start to released, then whose it is at the end of the churn: live, kept by "
              "the allocator, outside it. They add up to RSS");
    put_heading(out, set, " RSS curve");
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        char curve[SPARKLINE_TEXT_MAX];
        put_values(out, set, row, RECORD_PRIMARY, footnotes);
        (void)fprintf(out, " %s |\n",
                      sparkline(row->subjects[RECORD_PRIMARY].rss_anon_curve.median,
                                RESULT_CURVE_POINTS, top, CURVE_CELLS, true, curve));
    }
    (void)fputc('\n', out);
}

static void put_judged(const struct result_workload *workload, const struct column_set *set,
                       size_t role, struct footnotes *footnotes, FILE *out)
{
    put_heading(out, set, " verdict");
    for (size_t i = 0; i < workload->row_count; i++) {
        put_values(out, set, &workload->rows[i], role, footnotes);
        put_verdict(out, &workload->rows[i], role, footnotes);
    }
    (void)fputc('\n', out);
}

static void put_plain(const struct result_workload *workload, const struct column_set *set,
                      const char *caption, struct footnotes *footnotes, FILE *out)
{
    struct column_choice choice;
    set = columns_choose(set, workload, RECORD_PRIMARY, &choice);
    (void)fprintf(out, "%s:\n\n", caption);
    put_heading(out, set, "");
    for (size_t i = 0; i < workload->row_count; i++) {
        put_values(out, set, &workload->rows[i], RECORD_PRIMARY, footnotes);
        (void)fputc('\n', out);
    }
    (void)fputc('\n', out);
}

static void put_notes(const struct result_workload *workload, FILE *out)
{
    bool any = false;
    size_t cursor = 0;
    for (char *note; (note = trial_notes_next(workload, &cursor)); free(note), any = true) {
        (void)fputs(any ? "- " : "Trials to know about:\n\n- ", out);
        markdown_text(out, note);
        (void)fputc('\n', out);
    }
    if (any)
        (void)fputc('\n', out);
}

static void write_workload(const struct result *result, const struct result_workload *workload,
                           FILE *out)
{
    struct footnotes footnotes = {0};
    char text[TEXT_MAX];
    (void)fputs("## ", out);
    markdown_paragraph(out, workload->workload->name);
    if (workload->workload->question)
        markdown_paragraph(out, workload->workload->question);
    markdown_paragraph(out, run_text_plan(result, workload, text, sizeof text));
    AUTO_FREE char *share = malloc_share_text(workload);
    if (share)
        markdown_paragraph(out, share);
    put_memory(workload, &footnotes, out);
    if (!workload->workload->ends) {
        (void)fputs("Growth in bytes per cycle (RSS: the anonymous part), and verdict:\n\n", out);
        put_judged(workload, &growth_columns, RECORD_PRIMARY, &footnotes, out);
    }
    put_plain(workload, &cost_columns,
              "Cost, and the heap, live or free, beside what is live in it", &footnotes, out);
    put_plain(workload, &kernel_columns, "What the kernel counted, and anonymous RSS over time",
              &footnotes, out);
    for (size_t role = RECORD_PRIMARY + 1; role < workload->subject_count; role++) {
        (void)fprintf(out, "The %s, anonymous RSS in MiB:\n\n", workload->subject_names[role]);
        put_judged(workload, &other_columns, role, &footnotes, out);
    }
    markdown_footnotes(out, &footnotes);
    if (!workload->workload->ends)
        section_findings_markdown(workload, out);
    put_notes(workload, out);
    section_processes_markdown(workload, out);
    AUTO_FREE char *agent = agent_text(workload);
    if (agent)
        markdown_paragraph(out, agent);
    if (!workload->workload->ends) {
        section_holding_markdown(workload, out);
        section_giving_back_markdown(workload, out);
    }
    section_comparison_markdown(workload, out);
    section_hosts_markdown(workload, out);
    markdown_paragraph(out, workload->summary);
    section_replay_markdown(workload, out);
    section_recommendation_markdown(workload, out);
    section_deployment_markdown(workload, out);
}
