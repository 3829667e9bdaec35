#include "terminal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "memory_stream.h"
#include "number.h"
#include "row_words.h"
#include "wrap.h"

void terminal_release(struct terminal *terminal)
{
    for (size_t i = 0; i < terminal->remark_count; i++)
        free(terminal->remarks[i]);
    terminal->remark_count = 0;
}

void terminal_say(struct terminal *terminal, enum text_look look, const char *text)
{
    wrap_print(terminal->out, terminal->style, look, "", 0, text);
}

void terminal_item(struct terminal *terminal, const char *text)
{
    wrap_print(terminal->out, terminal->style, LOOK_PLAIN, "-", 2, text);
}

void terminal_remark(struct terminal *terminal, const char *text)
{
    for (size_t i = 0; i < terminal->remark_count; i++)
        if (strcmp(terminal->remarks[i], text) == 0)
            return;
    if (terminal->remark_count == TERMINAL_REMARKS_MAX)
        return;
    char *copy = strdup(text);
    if (!copy)
        abort();
    terminal->remarks[terminal->remark_count++] = copy;
}

static const char *missing(struct terminal *terminal, const char *reason, char *out, size_t size)
{
    char mark[FOOTNOTE_MARK_MAX];
    (void)snprintf(
        out, size, "n/a%s",
        footnote_mark(&terminal->footnotes, reason, terminal->style->utf8, mark, sizeof mark));
    return out;
}

const char *terminal_number(struct terminal *terminal, const struct estimate *estimate, double unit,
                            char *out, size_t size)
{
    return estimate->unavailable ? missing(terminal, estimate->unavailable, out, size)
                                 : number_format(estimate->median / unit, out, size);
}

void terminal_missing(struct terminal *terminal, struct table *table, const char *reason)
{
    char text[CELL_TEXT_MAX];
    table_cell(table, TABLE_RIGHT, LOOK_DIM, "%s", missing(terminal, reason, text, sizeof text));
}

/* Also where it is at least or at most this: cell_value() shows that. */
static bool is_told(const struct column *column, const struct result_workload *workload,
                    size_t role)
{
    for (size_t i = 0; i < workload->row_count; i++) {
        char text[CELL_TEXT_MAX];
        if (role < workload->rows[i].subject_count &&
            strcmp(cell_value(column, &workload->rows[i].subjects[role], false, text, sizeof text),
                   "n/a") != 0)
            return true;
    }
    return false;
}

const struct column_set *terminal_told(const struct column_set *set,
                                       const struct result_workload *workload, size_t role,
                                       struct column_choice *out)
{
    out->set = (struct column_set){.columns = out->columns, .count = 0};
    for (size_t i = 0; i < set->count; i++)
        if (is_told(&set->columns[i], workload, role))
            out->columns[out->set.count++] = set->columns[i];
    return &out->set;
}

/* The marks of all reasons that rows give for a column, each once. */
static void put_reasons(struct terminal *terminal, const struct column *column,
                        const struct result_workload *workload, size_t role, FILE *out)
{
    size_t marks = 0;
    for (size_t i = 0; i < workload->row_count; i++) {
        const char *why = workload->rows[i].subjects[role].metric[column->metric].unavailable;
        char mark[FOOTNOTE_MARK_MAX];
        bool before = !why || !row_measured(&workload->rows[i]);
        for (size_t k = 0; k < i && !before; k++) {
            const char *other = workload->rows[k].subjects[role].metric[column->metric].unavailable;
            before = other && strcmp(other, why) == 0;
        }
        if (before)
            continue;
        (void)fprintf(
            out, "%s%s",
            marks++ == 0            ? ""
            : terminal->style->utf8 ? "·"
                                    : ",",
            footnote_mark(&terminal->footnotes, why, terminal->style->utf8, mark, sizeof mark));
    }
}

void terminal_untold(struct terminal *terminal, const struct column_set *set,
                     const struct result_workload *workload, size_t role)
{
    struct memory_stream memory;
    if (row_count_of(workload, row_measured) == 0)
        return;
    FILE *out = memory_stream_open(&memory);
    for (size_t i = 0; i < set->count; i++)
        if (!is_told(&set->columns[i], workload, role)) {
            (void)fprintf(out, "%s %s",
                          ftell(out) > 0 ? "," : "n/a on every row:", set->columns[i].label);
            put_reasons(terminal, &set->columns[i], workload, role, out);
        }
    AUTO_FREE char *text = memory_stream_close(&memory);
    if (*text)
        terminal_say(terminal, LOOK_DIM, text);
}

void terminal_headings(struct table *table, const char *title, const struct column_set *set)
{
    table_heading(table, TABLE_LEFT, TABLE_STAYS, title);
    for (size_t i = 0; i < set->count; i++)
        table_heading(table, TABLE_RIGHT, set->columns[i].rank, set->columns[i].heading);
}

void terminal_values(struct terminal *terminal, struct table *table, const struct column_set *set,
                     const struct result_row *row, size_t role)
{
    table_row(table);
    table_cell(table, TABLE_LEFT, LOOK_PLAIN, "%s", row->row->name);
    for (size_t i = 0; i < set->count; i++) {
        const struct result_subject *subject = &row->subjects[role];
        const char *why = subject->metric[set->columns[i].metric].unavailable;
        char text[CELL_TEXT_MAX], mark[FOOTNOTE_MARK_MAX] = "";
        if (why)
            (void)footnote_mark(&terminal->footnotes, why, terminal->style->utf8, mark,
                                sizeof mark);
        table_cell(table, TABLE_RIGHT, why ? LOOK_DIM : LOOK_PLAIN, "%s%s",
                   cell_value(&set->columns[i], subject, terminal->style->utf8, text, sizeof text),
                   mark);
    }
}

void terminal_table(struct terminal *terminal, const struct table *table)
{
    if (table->row_count == 0)
        return;
    (void)fputc('\n', terminal->out);
    table_print(table, terminal->out, terminal->style);
}

void terminal_notes(struct terminal *terminal)
{
    const struct text_style *style = terminal->style;
    (void)fputc('\n', terminal->out);
    styled_text_print(terminal->out, style, LOOK_BOLD, "Notes");
    (void)fputc('\n', terminal->out);
    for (size_t i = 0; i < terminal->footnotes.count; i++) {
        char mark[FOOTNOTE_MARK_MAX];
        const char *reason = terminal->footnotes.reasons[i];
        wrap_print(terminal->out, style, LOOK_PLAIN,
                   footnote_mark(&terminal->footnotes, reason, style->utf8, mark, sizeof mark),
                   style->utf8 ? 3 : 5, reason);
    }
    for (size_t i = 0; i < terminal->remark_count; i++)
        terminal_item(terminal, terminal->remarks[i]);
}
