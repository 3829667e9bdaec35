#include <stdio.h>

#include "markdown.h"
#include "number.h"
#include "processes_text.h"
#include "sections.h"

enum { SHOWN = 8 };

void section_processes_terminal(const struct result_workload *workload, struct terminal *terminal)
{
    AUTO(table) struct table table = {.row_count = 0};
    table_heading(&table, TABLE_LEFT, TABLE_STAYS, "processes");
    table_heading(&table, TABLE_RIGHT, TABLE_STAYS, "at ends of rounds");
    table_heading(&table, TABLE_RIGHT, TABLE_STAYS, "not proved");
    table_heading(&table, TABLE_LEFT, TABLE_STAYS, "largest");
    table_heading(&table, TABLE_RIGHT, TABLE_STAYS, "anonymous, MiB");
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        const struct record_role *role = processes_role(row);
        char text[NUMBER_TEXT_MAX];
        if (!role)
            continue;
        const struct record_process *largest = processes_largest(role);
        table_row(&table);
        table_cell(&table, TABLE_LEFT, LOOK_PLAIN, "%s", row->row->name);
        table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "%s", processes_count(row, text, sizeof text));
        table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "%zu", processes_unproved(role));
        table_cell(&table, TABLE_LEFT, LOOK_PLAIN, "%s", largest->name);
        table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "%s",
                   processes_mib(largest->last_pss_anon_bytes, text, sizeof text));
    }
    if (table.row_count == 0)
        return;
    terminal_table(terminal, &table);
    terminal_remark(terminal, processes_caption);
}

static void put_process(const struct record_process *process, FILE *out)
{
    const int64_t figures[] = {process->first_pss_anon_bytes, process->last_pss_anon_bytes,
                               process->first_live_bytes, process->last_live_bytes};
    markdown_text(out, process->name);
    (void)fputs(" | ", out);
    markdown_text(out, process->allocator ? process->allocator
                       : process->proof   ? process->proof
                                          : "not proved");
    for (size_t i = 0; i < ARRAY_LENGTH(figures); i++) {
        char text[NUMBER_TEXT_MAX];
        (void)fprintf(out, " | %s", processes_mib(figures[i], text, sizeof text));
    }
    (void)fputs(" |\n", out);
}

void section_processes_markdown(const struct result_workload *workload, FILE *out)
{
    bool begun = false;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        const struct record_role *role = processes_role(row);
        char count[NUMBER_TEXT_MAX];
        if (!role)
            continue;
        if (!begun) {
            markdown_paragraph(out, processes_caption);
            (void)fputs(
                "| row | at ends of rounds | process | allocator | anonymous, MiB: first | "
                "last | live, MiB: first | last |\n|---|---:|---|---|---:|---:|---:|---:|\n",
                out);
        }
        begun = true;
        for (size_t p = 0; p < role->process_count && p < SHOWN; p++) {
            (void)fputs("| ", out);
            markdown_text(out, p == 0 ? row->row->name : "");
            (void)fprintf(out, " | %s | ", p == 0 ? processes_count(row, count, sizeof count) : "");
            put_process(&role->processes[p], out);
        }
        if (role->process_count > SHOWN)
            (void)fprintf(out, "| | | and %zu more | | | | | |\n", role->process_count - SHOWN);
    }
    if (begun)
        (void)fputc('\n', out);
}
