#include "markdown.h"
#include "sections.h"
#include "threads_text.h"

enum { CELL_MAX = 32 };

void section_threads_terminal(const struct result *result, struct terminal *terminal)
{
    struct threads_table threads;
    AUTO(table) struct table table = {.row_count = 0};
    char text[THREADS_TEXT_MAX];
    threads_table_build(result, &threads);
    if (threads.count == 0)
        return;
    table_heading(&table, TABLE_LEFT, TABLE_STAYS, "threads");
    table_heading(&table, TABLE_LEFT, TABLE_STAYS, "");
    for (size_t w = 0; w < threads.count; w++)
        table_heading(&table, TABLE_RIGHT, (int)w, threads_heading(&threads, w, text, CELL_MAX));
    for (size_t r = 0; r < threads.workloads[0]->row_count; r++)
        for (size_t line = 0; line < THREADS_LINES; line++) {
            table_row(&table);
            table_cell(&table, TABLE_LEFT, LOOK_PLAIN, "%s",
                       line ? "" : threads.workloads[0]->rows[r].row->name);
            table_cell(&table, TABLE_LEFT, LOOK_DIM, "%s", threads_line_names[line]);
            for (size_t w = 0; w < threads.count; w++)
                table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "%s",
                           threads_cell(&threads, line, r, w, text, CELL_MAX));
        }
    terminal_table(terminal, &table);
    if (*threads_growth(&threads, text, sizeof text))
        terminal_say(terminal, LOOK_PLAIN, text);
    terminal_remark(terminal, threads_caption(result, text, sizeof text));
}

void section_threads_markdown(const struct result *result, FILE *out)
{
    struct threads_table threads;
    char text[THREADS_TEXT_MAX];
    threads_table_build(result, &threads);
    if (threads.count == 0)
        return;
    markdown_paragraph(out, threads_caption(result, text, sizeof text));
    if (*threads_growth(&threads, text, sizeof text))
        markdown_paragraph(out, text);
    (void)fputs("| row | |", out);
    for (size_t w = 0; w < threads.count; w++)
        (void)fprintf(out, " %s |", threads_heading(&threads, w, text, CELL_MAX));
    (void)fputs("\n|---|---|", out);
    for (size_t w = 0; w < threads.count; w++)
        (void)fputs("---:|", out);
    (void)fputc('\n', out);
    for (size_t r = 0; r < threads.workloads[0]->row_count; r++)
        for (size_t line = 0; line < THREADS_LINES; line++) {
            (void)fputs("| ", out);
            markdown_text(out, threads.workloads[0]->rows[r].row->name);
            (void)fprintf(out, " | %s |", threads_line_names[line]);
            for (size_t w = 0; w < threads.count; w++)
                (void)fprintf(out, " %s |", threads_cell(&threads, line, r, w, text, CELL_MAX));
            (void)fputc('\n', out);
        }
    (void)fputc('\n', out);
}
