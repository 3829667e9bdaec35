#include "flame.h"
#include "holding_text.h"
#include "html.h"
#include "html_pieces.h"
#include "path.h"
#include "svg.h"

enum { PATH_SIZE = 4096 };

static void put_table(FILE *out, const struct result_workload *workload, size_t index)
{
    struct footnotes footnotes = {.count = 0};
    html_open_table(out, "Who holds what under", workload->workload->name);
    (void)fputs("<thead><tr><th scope=\"col\">row</th>", out);
    for (size_t i = 0; i < HOLDING_COLUMNS; i++)
        (void)fprintf(out, "<th scope=\"col\" class=\"n\">%s</th>", holding_label[i]);
    (void)fputs("</tr></thead><tbody>\n", out);
    for (size_t r = 0; r < workload->row_count; r++) {
        struct holding_cells cells;
        holding_cells(&workload->rows[r], &cells);
        (void)fputs("<tr><th scope=\"row\">", out);
        svg_put_text(out, workload->rows[r].row->name);
        (void)fputs("</th>", out);
        for (size_t i = 0; i < HOLDING_COLUMNS; i++) {
            (void)fputs(cells.reason[i] ? "<td class=\"n na\">" : "<td class=\"n\">", out);
            svg_put_text(out, cells.text[i]);
            if (cells.reason[i])
                html_footnote_mark(out, &footnotes, "holding", index, cells.reason[i]);
            (void)fputs("</td>", out);
        }
        (void)fputs("</tr>\n", out);
    }
    html_close_table(out);
    html_footnotes(out, &footnotes, "holding", index);
}

static void put_notes(FILE *out, const struct result_workload *workload)
{
    AUTO(holding_notes) struct holding_notes notes = {.count = 0};
    holding_notes_build(workload, &notes);
    (void)fputs(notes.count ? "<ul class=\"notes\">\n" : "", out);
    for (size_t i = 0; i < notes.count; i++) {
        if (notes.list[i].reach == HOLDING_IN_BRIEF)
            continue;
        (void)fputs("<li>", out);
        svg_put_text(out, notes.list[i].text);
        (void)fputs("</li>\n", out);
    }
    (void)fputs(notes.count ? "</ul>\n" : "", out);
}

/* The call sites of a profile, where the run's folder still has its stacks. */
static void put_flame(FILE *out, const char *folder, const struct pass *pass)
{
    if (!folder || !pass->collapsed)
        return;
    AUTO_FREE char *path = path_join(folder, "%s", pass->collapsed);
    AUTO_FCLOSE FILE *in = fopen(path, "re");
    if (!in)
        return;
    AUTO(flame) struct flame flame;
    flame_read(in, &flame);
    if (flame.frames[0].bytes == 0)
        return;
    (void)fputs("<details open><summary>Which code holds it: <b>", out);
    svg_put_text(out, pass->row);
    (void)fputs("</b>, as ", out);
    svg_put_text(out, pass->tool);
    (void)fputs(
        " says</summary>\n<p class=\"question\">Width is bytes still held at the end of the "
        "load. Callers stand above what they call.</p>\n",
        out);
    flame_write(out, "Which code holds the memory; the call sites stand in the list above", &flame);
    (void)fputs("</details>\n", out);
}

void html_holding(FILE *out, const struct result *result, const struct result_workload *workload,
                  size_t index)
{
    if (!holding_any(workload))
        return;
    (void)fputs("<h3>Who holds what, by the leak tools</h3>\n", out);
    put_table(out, workload, index);
    put_notes(out, workload);
    for (size_t r = 0; r < workload->row_count; r++)
        if (workload->rows[r].holding.profile)
            put_flame(out, result->stored->folder, workload->rows[r].holding.profile);
}
