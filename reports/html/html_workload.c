#include "html.h"
#include "html_pieces.h"
#include "run_text.h"
#include "svg.h"

enum { TEXT_MAX = 1024 };

void html_workloads(FILE *out, const struct result *result)
{
    for (size_t i = 0; i < result->workload_count; i++) {
        const struct result_workload *workload = &result->workloads[i];
        char text[TEXT_MAX];
        (void)fprintf(out,
                      "<section class=\"workload\" aria-labelledby=\"workload-%zu\">\n"
                      "<h2 id=\"workload-%zu\">",
                      i, i);
        svg_put_text(out, workload->workload->name);
        (void)fputs("</h2>\n", out);
        html_paragraph(out, "plan", run_text_plan(result, workload, text, sizeof text));
        if (!workload->workload->ends) { /* no cycle, and no end, that a curve could be over */
            html_replay(out, workload);
            html_charts(out, workload, i);
            html_holding(out, result, workload, i);
        }
        (void)fputs("<h3>All numbers</h3>\n", out);
        html_paragraph(out, "summary", workload->summary);
        html_tables(out, workload, i);
        html_processes(out, workload);
        html_comparison(out, workload);
        html_hosts(out, workload);
        (void)fputs("</section>\n", out);
    }
}
