#include <string.h>

#include "html.h"
#include "run_text.h"
#include "svg.h"

enum { TEXT_MAX = 1024 };

static void put_paragraph(FILE *out, const char *class, const char *text)
{
    if (!text)
        return;
    (void)fprintf(out, "<p class=\"%s\">", class);
    svg_put_text(out, text);
    (void)fputs("</p>\n", out);
}

void html_open_table(FILE *out, const char *label, const char *about)
{
    (void)fprintf(out, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"%s%s",
                  label, about ? " " : "");
    svg_put_text(out, about ? about : "");
    (void)fputs("\"><table>", out);
}

void html_headings(FILE *out, const char *names)
{
    (void)fputs("<thead><tr>", out);
    while (*names) {
        size_t length = strcspn(names, "|");
        bool number = *names == '#';
        (void)fprintf(out, "<th scope=\"col\"%s>%.*s</th>", number ? " class=\"n\"" : "",
                      (int)(length - number), names + number);
        names += length + (names[length] == '|');
    }
    (void)fputs("</tr></thead><tbody>\n", out);
}

void html_close_table(FILE *out)
{
    (void)fputs("</tbody></table></div>\n", out);
}

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
        put_paragraph(out, "plan", run_text_plan(result, workload, text, sizeof text));
        html_charts(out, workload, i);
        html_holding(out, result, workload);
        (void)fputs("<h3>All numbers</h3>\n", out);
        put_paragraph(out, "summary", workload->summary);
        html_tables(out, workload, i);
        html_comparison(out, workload);
        (void)fputs("</section>\n", out);
    }
}
