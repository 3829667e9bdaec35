#include "terminal.h"

#include <stdlib.h>
#include <string.h>

#include "number.h"
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
