#include "html.h"
#include "html_pieces.h"
#include "svg.h"
#include "threads_text.h"

enum { CELL_MAX = 32 };

static void put_line(FILE *out, const struct threads_table *threads, size_t row, size_t line)
{
    char text[CELL_MAX];
    (void)fputs("<tr><th scope=\"row\">", out);
    svg_put_text(out, threads->workloads[0]->rows[row].row->name);
    (void)fprintf(out, "</th><td>%s</td>", threads_line_names[line]);
    for (size_t w = 0; w < threads->count; w++)
        (void)fprintf(out, "<td class=\"n\">%s</td>",
                      threads_cell(threads, line, row, w, text, sizeof text));
    (void)fputs("</tr>\n", out);
}

void html_threads(FILE *out, const struct result *result)
{
    struct threads_table threads;
    char text[THREADS_TEXT_MAX];
    threads_table_build(result, &threads);
    if (threads.count == 0)
        return;
    (void)fputs("<section class=\"workload\" aria-labelledby=\"threads-title\">\n<h2 "
                "id=\"threads-title\">What threads "
                "cost</h2>\n",
                out);
    html_paragraph(out, "question", threads_caption(result, text, sizeof text));
    if (*threads_growth(&threads, text, sizeof text))
        html_paragraph(out, "summary", text);
    html_open_table(out, "What threads cost, row by row", NULL);
    (void)fputs("<thead><tr><th scope=\"col\">row</th><th scope=\"col\"></th>", out);
    for (size_t w = 0; w < threads.count; w++)
        (void)fprintf(out, "<th scope=\"col\" class=\"n\">%s</th>",
                      threads_heading(&threads, w, text, CELL_MAX));
    (void)fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t r = 0; r < threads.workloads[0]->row_count; r++)
        for (size_t line = 0; line < THREADS_LINES; line++)
            put_line(out, &threads, r, line);
    html_close_table(out);
    (void)fputs("</section>\n", out);
}
