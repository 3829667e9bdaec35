#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "agent_text.h"
#include "exporter.h"
#include "malloc_share.h"
#include "memory_stream.h"
#include "plot.h"
#include "row_words.h"
#include "run_text.h"
#include "sections.h"
#include "sparkline.h"
#include "trial_notes.h"

#define MIB (1024.0 * 1024.0)

enum { SPARKLINE_CELLS_MIN = 6, SPARKLINE_CELLS = 24, LINE_TEXT_MAX = 4096 };
enum { ABSENT_REASONS_MAX = 2 };

static void print_run(const struct result *result, struct terminal *terminal);
static void print_workload(const struct result *result, const struct result_workload *workload,
                           struct terminal *terminal);

#define PARTS                                                                           \
    "RSS, and whose it is at the end of the churn: live (as far as resident), kept by " \
    "the allocator, outside it (program, libraries, stacks, mappings); they add up to " \
    "RSS. Growth of RSS: the anonymous part. All: medians; beside growth half of its "  \
    "95 % interval."

/* The primary subject of each workload: they may differ. */
static void remark_memory(const struct result *result, struct terminal *terminal)
{
    char text[LINE_TEXT_MAX];
    for (size_t i = 0; i < result->workload_count; i++) {
        const struct result_workload *workload = &result->workloads[i];
        (void)snprintf(text, sizeof text, "%s, MiB: %s", workload->subject_names[RECORD_PRIMARY],
                       workload->workload->ends ? "the largest RSS; all: medians." : PARTS);
        terminal_remark(terminal, text);
    }
}

/* What other formats have, and this one has not. */
static void remark_more(const struct result *result, struct terminal *terminal)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    const struct result_workload *first = result->workloads;
    (void)fputs("In report.md and report.html: all ranges and pairs,", out);
    for (size_t role = RECORD_PRIMARY + 1; first && role < first->subject_count; role++)
        (void)fprintf(out, " all of the %s,", first->subject_names[role]);
    (void)fputs(" what release calls reach, tools with their settings, call sites.", out);
    AUTO_FREE char *text = memory_stream_close(&memory);
    terminal_remark(terminal, text);
}

static void write_terminal(const struct result *result, FILE *out, const struct text_style *style)
{
    AUTO(terminal) struct terminal terminal = {.out = out, .style = style};
    print_run(result, &terminal);
    remark_memory(result, &terminal);
    for (size_t i = 0; i < result->workload_count; i++)
        print_workload(result, &result->workloads[i], &terminal);
    section_threads_terminal(result, &terminal);
    remark_more(result, &terminal);
    terminal_notes(&terminal);
    section_short_terminal(result, &terminal);
}

const struct exporter exporter_terminal = {
    .name = "terminal",
    .summary = "the tables, for a terminal of any width",
    .write = write_terminal,
};

static void print_heading(const struct result *result, const struct result_workload *workload,
                          struct terminal *terminal);
static void print_memory(const struct result_workload *workload, struct terminal *terminal);
static void print_growth(const struct result_workload *workload, struct terminal *terminal);
static void print_cost(const struct result_workload *workload, struct terminal *terminal);
static void print_other(const struct result_workload *workload, size_t role,
                        struct terminal *terminal);
static void print_spread(const struct result_workload *workload, struct terminal *terminal);
static void print_notes(const struct result_workload *workload, struct terminal *terminal);

static void print_run(const struct result *result, struct terminal *terminal)
{
    char text[LINE_TEXT_MAX];
    terminal_say(terminal, LOOK_DIM, run_text_host(result, text, sizeof text));
    if (*run_text_versions(result, text, sizeof text))
        terminal_say(terminal, LOOK_DIM, text);
    AUTO_FREE char *absent = run_text_absent(result, ABSENT_REASONS_MAX);
    if (absent)
        terminal_say(terminal, LOOK_DIM, absent);
}

static void print_agent(const struct result_workload *workload, struct terminal *terminal)
{
    AUTO_FREE char *text = agent_text(workload);
    if (text)
        terminal_remark(terminal, text);
}

static void print_workload(const struct result *result, const struct result_workload *workload,
                           struct terminal *terminal)
{
    print_heading(result, workload, terminal);
    print_memory(workload, terminal);
    if (!workload->workload->ends) { /* of what ends there is no curve over cycles */
        plot_print(terminal->out, terminal->style, workload);
        print_growth(workload, terminal);
    }
    print_cost(workload, terminal);
    print_spread(workload, terminal);
    for (size_t role = RECORD_PRIMARY + 1; role < workload->subject_count; role++)
        print_other(workload, role, terminal);
    section_processes_terminal(workload, terminal);
    print_agent(workload, terminal);
    if (!workload->workload->ends) {
        section_holding_terminal(workload, terminal);
        section_giving_back_terminal(workload, terminal);
        section_verdict_terminal(workload, terminal);
    }
    section_comparison_terminal(workload, terminal);
    section_hosts_terminal(workload, terminal);
    print_notes(workload, terminal);
    section_replay_terminal(workload, terminal);
    section_recommendation_terminal(workload, terminal);
}

/* The name in a line across the page, where it is shorter than that. */
static void print_heading(const struct result *result, const struct result_workload *workload,
                          struct terminal *terminal)
{
    char text[LINE_TEXT_MAX];
    const struct workload *spec = workload->workload;
    int left = terminal->style->width - (int)styled_text_width(spec->name) - 1;
    (void)fputc('\n', terminal->out);
    if (left > 0) {
        styled_text_print(terminal->out, terminal->style, LOOK_BOLD, spec->name);
        (void)fputc(' ', terminal->out);
        for (; left > 0; left--)
            (void)fputs(terminal->style->utf8 ? "─" : "-", terminal->out);
        (void)fputc('\n', terminal->out);
    } else {
        terminal_say(terminal, LOOK_BOLD, spec->name);
    }
    if (spec->question)
        terminal_say(terminal, LOOK_PLAIN, spec->question);
    terminal_say(terminal, LOOK_DIM, run_text_plan(result, workload, text, sizeof text));
    AUTO_FREE char *share = malloc_share_text(workload);
    if (share)
        terminal_say(terminal, LOOK_PLAIN, share);
}

/* The curves take what width is left. */
static void add_curves(const struct result_workload *workload, const struct terminal *terminal,
                       struct table *table)
{
    int left = terminal->style->width - (int)table_width(table) - 2;
    size_t cells = (size_t)(left > SPARKLINE_CELLS ? SPARKLINE_CELLS : left < 0 ? 0 : left);
    if (cells < SPARKLINE_CELLS_MIN)
        return;
    double top = curve_top(workload);
    table_heading(table, TABLE_LEFT, TABLE_STAYS, cells < 9 ? "curve" : "RSS curve");
    for (size_t i = 0; i < workload->row_count; i++) {
        char text[SPARKLINE_TEXT_MAX];
        const struct result_curve *curve =
            &workload->rows[i].subjects[RECORD_PRIMARY].rss_anon_curve;
        table_cell_at(
            table, i, TABLE_LEFT, LOOK_PLAIN,
            sparkline(curve->median, RESULT_CURVE_POINTS, top, cells, terminal->style->utf8, text));
    }
}

static void print_memory(const struct result_workload *workload, struct terminal *terminal)
{
    AUTO(table) struct table table = {.row_count = 0};
    char heading[CELL_TEXT_MAX];
    (void)snprintf(heading, sizeof heading, "%s, MiB", workload->subject_names[RECORD_PRIMARY]);
    struct column_choice choice;
    const struct column_set *set =
        columns_choose(&memory_columns, workload, RECORD_PRIMARY, &choice);
    terminal_headings(&table, heading, set);
    for (size_t i = 0; i < workload->row_count; i++)
        terminal_values(terminal, &table, set, &workload->rows[i], RECORD_PRIMARY);
    if (!workload->workload->ends)
        add_curves(workload, terminal, &table);
    terminal_table(terminal, &table);
}

static void print_growth(const struct result_workload *workload, struct terminal *terminal)
{
    static const enum text_look looks[] = {
        [VERDICT_INCONCLUSIVE] = LOOK_DIM, [VERDICT_LEAK] = LOOK_RED,
        [VERDICT_RETENTION] = LOOK_YELLOW, [VERDICT_OUTSIDE] = LOOK_YELLOW,
        [VERDICT_NOT_LIVE] = LOOK_YELLOW,  [VERDICT_PLATEAU] = LOOK_GREEN,
    };
    AUTO(table) struct table table = {.row_count = 0};
    struct column_choice choice;
    const struct column_set *set =
        terminal_told(&growth_columns, workload, RECORD_PRIMARY, &choice);
    terminal_headings(&table, "growth, B/cycle", set);
    table_heading(&table, TABLE_LEFT, TABLE_STAYS, "verdict");
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        char text[CELL_TEXT_MAX];
        if (!row_measured(row))
            continue;
        terminal_values(terminal, &table, set, row, RECORD_PRIMARY);
        table_cell(&table, TABLE_LEFT, looks[row->subjects[RECORD_PRIMARY].verdict.kind], "%s",
                   cell_verdict(row, RECORD_PRIMARY, text, sizeof text));
    }
    terminal_table(terminal, &table);
    terminal_untold(terminal, &growth_columns, workload, RECORD_PRIMARY);
}

static void print_cost(const struct result_workload *workload, struct terminal *terminal)
{
    AUTO(table) struct table table = {.row_count = 0};
    struct column_choice choice, told;
    const struct column_set *all = columns_choose(&cost_columns, workload, RECORD_PRIMARY, &choice);
    const struct column_set *set = terminal_told(all, workload, RECORD_PRIMARY, &told);
    terminal_headings(&table, "cost, heap", set);
    for (size_t i = 0; i < workload->row_count; i++)
        if (row_measured(&workload->rows[i]))
            terminal_values(terminal, &table, set, &workload->rows[i], RECORD_PRIMARY);
    terminal_table(terminal, &table);
    terminal_untold(terminal, all, workload, RECORD_PRIMARY);
}

/* "; end: jemalloc 2.09–2.22", "; CPU ms per cycle: 19 rows, most glibc 1.02–2.11": whose blocks
 * differ in a column that stays. */
static void put_ranges(const struct result_workload *workload, const struct column *column,
                       const struct terminal *terminal, FILE *out)
{
    const struct estimate *most = NULL;
    const char *name = NULL;
    double spread = 0;
    size_t rows = 0;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct estimate *estimate =
            &workload->rows[i].subjects[RECORD_PRIMARY].metric[column->metric];
        if (estimate->unavailable || !cell_spreads(estimate))
            continue;
        rows++;
        double apart = (estimate->max - estimate->min) / fabs(estimate->median);
        if (most && apart <= spread)
            continue;
        most = estimate;
        name = workload->rows[i].row->name;
        spread = apart;
    }
    char text[CELL_TEXT_MAX];
    if (!most)
        return;
    (void)fprintf(out, "; %s: ", column->label);
    if (rows > 1)
        (void)fprintf(out, "%zu rows, most ", rows);
    (void)fprintf(out, "%s %s", name,
                  cell_range(column, most, terminal->style->utf8, text, sizeof text));
}

static void print_spread(const struct result_workload *workload, struct terminal *terminal)
{
    AUTO_FREE char *sentence = NULL;
    struct memory_stream memory;
    struct column_choice choice;
    const struct column_set *sets[] = {
        &memory_columns, columns_choose(&cost_columns, workload, RECORD_PRIMARY, &choice)};
    FILE *out = memory_stream_open(&memory);
    for (size_t s = 0; s < ARRAY_LENGTH(sets); s++)
        for (size_t i = 0; i < sets[s]->count; i++)
            if (sets[s]->columns[i].rank <= COLUMN_KEY_RANK)
                put_ranges(workload, &sets[s]->columns[i], terminal, out);
    AUTO_FREE char *ranges = memory_stream_close(&memory);
    if (memory.size == 0)
        return;
    if (asprintf(&sentence, "Blocks of the %s more than %.0f %% apart, least to greatest: %s",
                 workload->subject_names[RECORD_PRIMARY], 100 * COLUMN_SPREAD,
                 ranges + strlen("; ")) < 0)
        abort();
    (void)fputc('\n', terminal->out);
    terminal_say(terminal, LOOK_DIM, sentence);
}

static bool has_verdict(const struct result_row *row, size_t role, const char *verdict)
{
    char own[CELL_TEXT_MAX];
    return row_measured(row) && strcmp(cell_verdict(row, role, own, sizeof own), verdict) == 0;
}

/* "glibc 1.75 (17.7), tcmalloc 5.40 (0): plateau, high": all rows with the verdict of `first`, if
 * that is the first one. Returns what stands before the next ones. */
static const char *put_alike(const struct result_workload *workload, size_t role, size_t first,
                             const char *before, struct terminal *terminal, FILE *out)
{
    char verdict[CELL_TEXT_MAX];
    (void)cell_verdict(&workload->rows[first], role, verdict, sizeof verdict);
    for (size_t i = 0; i < first; i++)
        if (has_verdict(&workload->rows[i], role, verdict))
            return before;
    for (size_t i = first; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        const struct estimate *of = row->subjects[role].metric;
        char end[CELL_TEXT_MAX], growth[CELL_TEXT_MAX];
        if (!has_verdict(row, role, verdict))
            continue;
        (void)fprintf(
            out, "%s%s %s (%s)", before, row->row->name,
            terminal_number(terminal, &of[METRIC_RSS_ANON_END], MIB, end, sizeof end),
            terminal_number(terminal, &of[METRIC_RSS_ANON_PER_CYCLE], 1, growth, sizeof growth));
        before = ", ";
    }
    (void)fprintf(out, ": %s", verdict);
    return "; ";
}

/* In a few lines: it is not what is asked about, and the verdicts say more where it grows. */
static void print_other(const struct result_workload *workload, size_t role,
                        struct terminal *terminal)
{
    char head[128];
    const char *before = head;
    const char *name = workload->subject_names[role];
    (void)snprintf(head, sizeof head, "%c%s, anonymous RSS at the end in MiB (B/cycle): ",
                   toupper((unsigned char)*name), name + 1);
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    for (size_t i = 0; i < workload->row_count; i++)
        if (row_measured(&workload->rows[i]))
            before = put_alike(workload, role, i, before, terminal, out);
    AUTO_FREE char *text = memory_stream_close(&memory);
    if (memory.size == 0)
        return;
    (void)fputc('\n', terminal->out);
    terminal_say(terminal, LOOK_PLAIN, text);
}

static void print_notes(const struct result_workload *workload, struct terminal *terminal)
{
    size_t cursor = 0;
    for (char *note; (note = trial_notes_next(workload, &cursor)); free(note)) {
        if (cursor == 1)
            (void)fputc('\n', terminal->out);
        terminal_item(terminal, note);
    }
}
