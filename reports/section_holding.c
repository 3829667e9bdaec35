#include "footnotes.h"
#include "holding_text.h"
#include "json_build.h"
#include "markdown.h"
#include "sections.h"

#define CAPTION                                                                                  \
    "Who holds the %s's memory. Lost: nothing points to it. Not freed: still there when main "   \
    "returned. Held quiet: live when all had left, before the close. Given back: anonymous RSS " \
    "that the release call returned. Own less ledger: the allocator's own count of live, less "  \
    "known headers, against a counter of every call."

#define REMARK                                                                                    \
    "held: lost: nothing points to it; not freed: at the end of main; held quiet: live when all " \
    "had left; given back: by the release call; own less ledger: own count of live, less known "  \
    "headers, against a count of every call."

static void add_headings(struct table *table)
{
    static const int ranks[HOLDING_COLUMNS] = {TABLE_STAYS, TABLE_STAYS, 1, 3, 4, 2};
    table_heading(table, TABLE_LEFT, TABLE_STAYS, "held");
    for (size_t i = 0; i < HOLDING_COLUMNS; i++) {
        char heading[HOLDING_CELL_MAX];
        (void)snprintf(heading, sizeof heading, "%s|%s", holding_over[i], holding_title[i]);
        table_heading(table, TABLE_RIGHT, ranks[i], heading);
    }
}

void section_holding_terminal(const struct result_workload *workload, struct terminal *terminal)
{
    if (!holding_any(workload))
        return;
    AUTO(table) struct table table = {.row_count = 0};
    add_headings(&table);
    for (size_t r = 0; r < workload->row_count; r++) {
        struct holding_cells cells;
        holding_cells(&workload->rows[r], &cells);
        table_row(&table);
        table_cell(&table, TABLE_LEFT, LOOK_PLAIN, "%s", workload->rows[r].row->name);
        for (size_t i = 0; i < HOLDING_COLUMNS; i++)
            if (cells.reason[i])
                terminal_missing(terminal, &table, cells.reason[i]);
            else
                table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "%s", cells.text[i]);
    }
    terminal_table(terminal, &table);
    terminal_remark(terminal, REMARK);
    AUTO(holding_notes) struct holding_notes notes;
    holding_notes_build(workload, &notes);
    for (size_t i = 0; i < notes.count; i++)
        if (notes.list[i].reach != HOLDING_IN_FULL)
            terminal_remark(terminal, notes.list[i].text);
}

void section_holding_markdown(const struct result_workload *workload, FILE *out)
{
    if (!holding_any(workload))
        return;
    struct footnotes footnotes = {0};
    char caption[512];
    (void)snprintf(caption, sizeof caption, CAPTION, workload->subject_names[RECORD_PRIMARY]);
    markdown_paragraph(out, caption);
    (void)fputs("| row |", out);
    for (size_t i = 0; i < HOLDING_COLUMNS; i++)
        (void)fprintf(out, " %s |", holding_label[i]);
    (void)fputs("\n|---|", out);
    for (size_t i = 0; i < HOLDING_COLUMNS; i++)
        (void)fputs("---:|", out);
    (void)fputc('\n', out);
    for (size_t r = 0; r < workload->row_count; r++) {
        struct holding_cells cells;
        holding_cells(&workload->rows[r], &cells);
        (void)fputs("| ", out);
        markdown_text(out, workload->rows[r].row->name);
        for (size_t i = 0; i < HOLDING_COLUMNS; i++) {
            (void)fputs(" | ", out);
            markdown_text(out, cells.text[i]);
            if (cells.reason[i])
                (void)fprintf(out, " <sup>%zu</sup>", footnote_number(&footnotes, cells.reason[i]));
        }
        (void)fputs(" |\n", out);
    }
    (void)fputc('\n', out);
    markdown_footnotes(out, &footnotes);
    AUTO(holding_notes) struct holding_notes notes;
    holding_notes_build(workload, &notes);
    for (size_t i = 0; i < notes.count; i++) {
        if (notes.list[i].reach == HOLDING_IN_BRIEF)
            continue;
        (void)fputs("- ", out);
        markdown_text(out, notes.list[i].text);
        (void)fputc('\n', out);
    }
    if (notes.count)
        (void)fputc('\n', out);
}

static json_t *json_of_count(const struct holding_count *count)
{
    json_t *json = json_build(json_object());
    json_build_put(json, "blocks", json_build_count(count->blocks));
    json_build_put(json, "bytes", json_build_count(count->bytes));
    json_build_put(json, "at_most", json_boolean(count->at_most));
    json_build_put(json, "unavailable", json_build_text(count->unavailable));
    json_build_put(json, "tool", json_build_text(count->pass ? count->pass->tool : NULL));
    json_build_put(json, "setting", json_build_text(count->pass ? count->pass->setting : NULL));
    json_build_put(json, "cycles", json_build_count(count->pass ? count->pass->cycles : RECORD_NA));
    json_build_put(json, "remainder_blocks",
                   json_build_count(count->pass ? count->pass->remainder_blocks : RECORD_NA));
    json_build_put(json, "remainder_bytes",
                   json_build_count(count->pass ? count->pass->remainder_bytes : RECORD_NA));
    return json;
}

static json_t *json_of_ledger(const struct result_holding *holding)
{
    const struct pass *pass = holding->ledger;
    json_t *json = json_build(json_object());
    json_build_put(json, "unavailable", json_build_text(holding->no_ledger));
    if (!pass)
        return json;
    json_build_put(json, "cycles", json_build_count(pass->cycles));
    json_build_put(json, "live_bytes", json_build_count(pass->live_bytes));
    json_build_put(json, "live_blocks", json_build_count(pass->live_blocks));
    json_build_put(json, "own_live_bytes", json_build_count(pass->own_live_bytes));
    json_build_put(json, "own_less_ledger_bytes",
                   pass->own_live_bytes < 0 ? json_null()
                                            : json_integer(holding_own_difference(pass)));
    json_build_put(json, "own_less_ledger_max_bytes", json_build_count(pass->excess_max_bytes));
    json_build_put(json, "own_count_agrees",
                   holding_own_agrees(pass) == HOLDING_UNCHECKED
                       ? json_null()
                       : json_boolean(holding_own_agrees(pass) == HOLDING_AGREES));
    json_build_put(json, "calls", json_build_count(pass->calls));
    json_build_put(json, "requested_bytes", json_build_count(pass->requested_bytes));
    return json;
}

static json_t *json_of_profile(const struct pass *pass)
{
    if (!pass)
        return json_null();
    json_t *json = json_build(json_object());
    json_t *sites = json_build(json_array());
    for (size_t i = 0; i < pass->site_count; i++) {
        json_t *site = json_build(json_object());
        json_build_put(site, "function", json_build_text(pass->sites[i].function));
        json_build_put(site, "blocks", json_integer(pass->sites[i].blocks));
        json_build_put(site, "bytes", json_integer(pass->sites[i].bytes));
        json_build_push(sites, site);
    }
    json_build_put(json, "tool", json_build_text(pass->tool));
    json_build_put(json, "cycles", json_build_count(pass->cycles));
    json_build_put(json, "sites", sites);
    json_build_put(json, "collapsed", json_build_text(pass->collapsed));
    json_build_put(json, "symbols", json_build_text(pass->symbols));
    json_build_put(json, "unavailable", json_build_text(pass->no_profile));
    return json;
}

json_t *section_holding_json(const struct result_row *row)
{
    const struct result_holding *holding = &row->holding;
    json_t *json = json_build(json_object());
    json_build_put(json, "lost", json_of_count(&holding->lost));
    json_build_put(json, "not_freed_at_exit", json_of_count(&holding->not_freed));
    json_build_put(json, "held_quiet_bytes", json_build_number(holding->held_quiet_bytes));
    json_build_put(json, "held_quiet_by_ledger", json_boolean(holding->held_by_ledger));
    json_build_put(json, "verdict_live_by_ledger",
                   json_boolean(row->subjects[RECORD_PRIMARY].live_by_ledger));
    json_build_put(json, "ledger", json_of_ledger(holding));
    json_build_put(json, "profile", json_of_profile(holding->profile));
    return json;
}
