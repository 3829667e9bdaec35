#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "footnotes.h"
#include "giving_back_text.h"
#include "html.h"
#include "html_pieces.h"
#include "number.h"
#include "svg.h"
#include "trial_notes.h"

#define MIB (1024.0 * 1024.0)

enum { CAPTION_MAX = 1024 };

/* The tables of one workload: reasons are numbered through all of them. */
struct tables {
    FILE *out;
    const struct result_workload *workload;
    size_t index;
    struct footnotes footnotes;
};

static void put_columns(struct tables *tables, const struct column_set *set,
                        const struct result_row *row, size_t role)
{
    FILE *out = tables->out;
    (void)fputs("<tr><th scope=\"row\">", out);
    svg_put_text(out, row->row->name);
    (void)fputs("</th>", out);
    for (size_t i = 0; i < set->count; i++) {
        const struct estimate *estimate = &row->subjects[role].metric[set->columns[i].metric];
        char median[CELL_TEXT_MAX], range[CELL_TEXT_MAX];
        if (estimate->unavailable) {
            (void)fprintf(
                out, "<td class=\"n na\">%s",
                cell_value(&set->columns[i], &row->subjects[role], true, median, sizeof median));
            html_footnote_mark(out, &tables->footnotes, "note", tables->index,
                               estimate->unavailable);
        } else {
            (void)cell_median(&set->columns[i], estimate, median, sizeof median);
            (void)cell_range(&set->columns[i], estimate, true, range, sizeof range);
            (void)fprintf(out, "<td class=\"n\">%s", median);
            if (strcmp(median, range) != 0)
                (void)fprintf(out, "<small>%s</small>", range);
        }
        (void)fputs("</td>", out);
    }
}

static void put_table(struct tables *tables, const struct column_set *set, size_t role, bool judged,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));

static void put_table(struct tables *tables, const struct column_set *set, size_t role, bool judged,
                      const char *format, ...)
{
    char caption[CAPTION_MAX];
    struct column_choice choice;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(caption, sizeof caption, format, args);
    va_end(args);
    FILE *out = tables->out;
    set = columns_choose(set, tables->workload, role, &choice);
    html_open_table(out, caption, tables->workload->workload->name);
    (void)fprintf(out, "<caption>%s</caption>\n<thead><tr><th scope=\"col\">row</th>", caption);
    for (size_t i = 0; i < set->count; i++)
        (void)fprintf(out, "<th scope=\"col\" class=\"n\">%s</th>", set->columns[i].label);
    (void)fputs(judged ? "<th scope=\"col\">verdict</th>" : "", out);
    (void)fputs("</tr></thead><tbody>\n", out);
    for (size_t r = 0; r < tables->workload->row_count; r++) {
        const struct result_row *row = &tables->workload->rows[r];
        put_columns(tables, set, row, role);
        if (judged) {
            char text[CELL_TEXT_MAX];
            (void)fputs("<td>", out);
            (void)fputs(cell_verdict(row, role, text, sizeof text), out);
            (void)fputs("</td>", out);
        }
        (void)fputs("</tr>\n", out);
    }
    html_close_table(out);
}

static void put_value(FILE *out, double value)
{
    char text[NUMBER_TEXT_MAX];
    (void)fprintf(out, "<td class=\"n\">%s</td>", number_format(value, text, sizeof text));
}

static void put_calls(struct tables *tables)
{
    bool any = false;
    for (size_t i = 0; i < tables->workload->row_count; i++) {
        AUTO_FREE char *call = giving_back_call(tables->workload, i);
        if (!call)
            continue;
        (void)fputs(any ? "<li>" : "<ul class=\"notes\">\n<li>", tables->out);
        svg_put_text(tables->out, call);
        (void)fputs("</li>\n", tables->out);
        any = true;
    }
    (void)fputs(any ? "</ul>\n" : "", tables->out);
}

/* What goes back unasked, where the quiet time is long enough to tell. */
static void put_unasked(struct tables *tables)
{
    FILE *out = tables->out;
    size_t moments = giving_back_moment_count(tables->workload);
    if (moments == 0)
        return;
    html_open_table(out, "Given back unasked under", tables->workload->workload->name);
    (void)fprintf(out, "<caption>%s</caption>\n<thead><tr><th scope=\"col\">row</th>",
                  giving_back_curve_caption);
    for (size_t m = 0; m < moments; m++)
        (void)fprintf(out, "<th scope=\"col\" class=\"n\">%.0f s</th>", giving_back_moments[m]);
    (void)fputs("</tr></thead><tbody>\n", out);
    for (size_t r = 0; r < tables->workload->row_count; r++) {
        const struct result_row *row = &tables->workload->rows[r];
        (void)fputs("<tr><th scope=\"row\">", out);
        svg_put_text(out, row->row->name);
        (void)fputs("</th>", out);
        for (size_t m = 0; m < moments; m++)
            put_value(out, giving_back_at(&row->giving_back, giving_back_moments[m]) / MIB);
        (void)fputs("</tr>\n", out);
    }
    html_close_table(out);
}

static void put_signal(FILE *out, const struct verdict_signal *signal)
{
    if (!signal->available) {
        (void)fputs("<td>n/a</td><td class=\"n\">n/a</td><td class=\"n\">n/a</td>", out);
        return;
    }
    (void)fprintf(out, "<td>%s</td>", signal_state_names[signal->state]);
    put_value(out, signal->slope_per_cycle);
    put_value(out, signal->unseen_per_cycle);
}

enum { BLOCKS_SHOWN = 100 };

/* What each block says, behind the sentence that all of them make together. */
static void put_blocks(FILE *out, const struct result_row *row, size_t role)
{
    if (row->valid == 0)
        return;
    html_open_table(out, "Blocks of", row->row->name);
    if (row->subjects[role].live_by_ledger)
        (void)fputs("<caption>No block counts live here: the verdict above is of the ledger's one "
                    "pass</caption>\n",
                    out);
    html_headings(out, "block|verdict|live|#B/cycle|#unseen below|RSS|#B/cycle|#unseen below|"
                       "#points");
    size_t shown = row->valid < BLOCKS_SHOWN ? row->valid : BLOCKS_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        const struct verdict *verdict = &row->subjects[role].trial_verdicts[i];
        (void)fprintf(out, "<tr><th scope=\"row\">%" PRId64 "</th><td>%s, %s</td>",
                      row->records[i]->block, verdict_names[verdict->kind],
                      confidence_names[verdict->confidence]);
        put_signal(out, &verdict->live);
        put_signal(out, &verdict->rss);
        (void)fprintf(out, "<td class=\"n\">%zu</td></tr>\n", verdict->samples);
    }
    html_close_table(out);
    if (shown < row->valid)
        (void)fprintf(out,
                      "<p class=\"question\">The first %zu of %zu blocks; result.json has all."
                      "</p>\n",
                      shown, row->valid);
}

static void put_verdicts(struct tables *tables)
{
    FILE *out = tables->out;
    (void)fputs("<h3>Verdicts, and what each block says</h3>\n", out);
    for (size_t r = 0; r < tables->workload->row_count; r++) {
        const struct result_row *row = &tables->workload->rows[r];
        for (size_t role = 0; role < row->subject_count; role++) {
            const struct result_subject *subject = &row->subjects[role];
            if (role == RECORD_PRIMARY)
                (void)fprintf(out, "<details id=\"verdict-%zu-%zu\">", tables->index, r);
            else
                (void)fputs("<details>", out);
            (void)fputs("<summary><b>", out);
            svg_put_text(out, row->row->name);
            (void)fprintf(out, "</b>, %s ", subject->name);
            html_verdict_badge(out, subject->verdict.kind);
            (void)fputc(' ', out);
            svg_put_text(out, subject->verdict_sentence);
            (void)fputs("</summary>\n", out);
            put_blocks(out, row, role);
            (void)fputs("</details>\n", out);
        }
    }
}

static void put_notes(struct tables *tables)
{
    bool any = false;
    size_t cursor = 0;
    for (char *note; (note = trial_notes_next(tables->workload, &cursor)); free(note), any = true) {
        (void)fputs(any ? "<li>" : "<h3>Trials to know about</h3>\n<ul><li>", tables->out);
        svg_put_text(tables->out, note);
        (void)fputs("</li>\n", tables->out);
    }
    (void)fputs(any ? "</ul>\n" : "", tables->out);
}

void html_tables(FILE *out, const struct result_workload *workload, size_t index)
{
    struct tables tables = {.out = out, .workload = workload, .index = index};
    bool ends = workload->workload->ends;
    put_table(&tables, &memory_columns, RECORD_PRIMARY, false,
              "The %s in MiB, median and range of the blocks: %s",
              workload->subject_names[RECORD_PRIMARY],
              ends ? "the largest RSS"
                   : "RSS from start to released, then whose it is at the end of the churn: live, "
                     "kept by the allocator, outside it");
    if (!ends)
        put_table(&tables, &growth_columns, RECORD_PRIMARY, true,
                  "The %s: growth in bytes per cycle (RSS: the anonymous part), and verdict",
                  workload->subject_names[RECORD_PRIMARY]);
    put_table(&tables, &cost_columns, RECORD_PRIMARY, false,
              ends ? "The %s: cost"
                   : "The %s: cost, and the heap, live or free, beside what is live in it",
              workload->subject_names[RECORD_PRIMARY]);
    put_table(&tables, &kernel_columns, RECORD_PRIMARY, false,
              ends ? "The %s: what the kernel counted"
                   : "The %s: what the kernel counted, and anonymous RSS over time",
              workload->subject_names[RECORD_PRIMARY]);
    for (size_t role = RECORD_PRIMARY + 1; role < workload->subject_count; role++)
        put_table(&tables, &other_columns, role, true, "The %s: anonymous RSS in MiB",
                  workload->subject_names[role]);
    if (!ends) {
        put_table(&tables, &giving_back_columns, RECORD_PRIMARY, false, "%s", giving_back_caption);
        put_unasked(&tables);
    }
    html_footnotes(out, &tables.footnotes, "note", index);
    put_calls(&tables);
    if (!ends)
        put_verdicts(&tables);
    put_notes(&tables);
}
