#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "deployment.h"
#include "html.h"
#include "svg.h"

/* What is escaped has no lines of its own. */
static void put_lines(FILE *out, char *text)
{
    for (char *rest = text, *line; (line = strsep(&rest, "\n")) && rest;) {
        svg_put_text(out, line);
        (void)fputc('\n', out);
    }
}

void html_deployment_row(FILE *out, const struct result_workload *workload, size_t row)
{
    (void)fputs("<details class=\"deploy\"><summary>How to run on ", out);
    svg_put_text(out, workload->rows[row].row->name);
    (void)fputs("</summary>\n", out);
    for (int way = 0; way < DEPLOYMENT_WAYS; way++) {
        AUTO_FREE char *text = deployment_text(workload, row, (enum deployment_way)way);
        if (!text)
            continue;
        (void)fputs("<p>", out);
        svg_put_text(out, deployment_titles[way]);
        (void)fputs("</p><pre>", out);
        put_lines(out, text);
        (void)fputs("</pre>\n", out);
    }
    (void)fputs("</details>\n", out);
}

static bool is_offered(const struct result_workload *workload, size_t row)
{
    return !workload->advice.rows[row].barred && deployment_needed(workload, row);
}

void html_deployment(FILE *out, const struct result_workload *workload)
{
    const int told = workload->advice.told;
    bool others = false;
    if (!workload->recommendation)
        return;
    if (told != RECOMMEND_NONE && is_offered(workload, (size_t)told))
        html_deployment_row(out, workload, (size_t)told);
    for (size_t row = 0; row < workload->row_count; row++) {
        if ((int)row == told || !is_offered(workload, row))
            continue;
        if (!others)
            (void)fputs("<details><summary>How to run on another row</summary>\n", out);
        others = true;
        html_deployment_row(out, workload, row);
    }
    (void)fputs(others ? "</details>\n" : "", out);
}
