#include <stdio.h>

#include "html.h"
#include "html_pieces.h"
#include "number.h"
#include "processes_text.h"
#include "svg.h"

static void put_process(FILE *out, const char *row, const struct record_process *process)
{
    const int64_t figures[] = {process->first_pss_anon_bytes, process->last_pss_anon_bytes,
                               process->first_live_bytes, process->last_live_bytes};
    (void)fputs("<tr><th scope=\"row\">", out);
    svg_put_text(out, row);
    (void)fputs("</th><td>", out);
    svg_put_text(out, process->name);
    (void)fputs("</td><td class=\"why\">", out);
    svg_put_text(out, process->allocator ? process->allocator
                      : process->proof   ? process->proof
                                         : "not proved");
    (void)fputs("</td>", out);
    for (size_t i = 0; i < ARRAY_LENGTH(figures); i++) {
        char text[NUMBER_TEXT_MAX];
        (void)fprintf(out, "<td class=\"n\">%s</td>", processes_mib(figures[i], text, sizeof text));
    }
    (void)fputs("</tr>\n", out);
}

void html_processes(FILE *out, const struct result_workload *workload)
{
    bool begun = false;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        const struct record_role *role = processes_role(row);
        if (!role)
            continue;
        if (!begun) {
            (void)fputs("<h3>Processes</h3>\n", out);
            html_paragraph(out, "hint", processes_caption);
            html_open_table(out, "Processes of", workload->workload->name);
            html_headings(out, "row|process|proved to run on|#anonymous, MiB:<br>first look|#last|"
                               "#live, MiB:<br>first look|#last");
        }
        begun = true;
        for (size_t p = 0; p < role->process_count; p++)
            put_process(out, p == 0 ? row->row->name : "", &role->processes[p]);
    }
    if (begun)
        html_close_table(out);
}
