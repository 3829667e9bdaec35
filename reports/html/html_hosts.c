/*
 * Rows × hosts as a small picture: one line per row, one cell per host, its colour the ratio to the
 * reference row on that host alone. With more hosts than HOSTS_SHOWN a line has as many cells,
 * hosts in order of their ratio: how many lie where, and no names.
 */
#include <math.h>
#include <stdlib.h>

#include "comparison_text.h"
#include "host_words.h"
#include "html.h"
#include "html_pieces.h"
#include "memory_stream.h"
#include "svg.h"

enum { HOSTS_SHOWN = 100, LEFT = 170, TOP = 22, LINE = 24, CELLS_WIDTH = 640, CELL_MAX = 72 };
enum { WITH_TEXT = 40, NAME_LETTERS = 9 };

/* From here on a ratio has its full colour. */
#define FULL_RATIO 2.0

struct picture {
    const struct result_workload *workload;
    size_t index; /* of compared_metrics */
    size_t reference, cells;
    int cell; /* its width */
    struct compare_host *each;
};

static int by_ratio(const void *a, const void *b)
{
    double left = ((const struct compare_host *)a)->ratio;
    double right = ((const struct compare_host *)b)->ratio;
    return isnan(left) - isnan(right) + (left > right) - (left < right);
}

static void put_cell(FILE *out, const struct picture *picture, const struct compare_host *host,
                     size_t column, int y, const char *name)
{
    int x = LEFT + (int)column * picture->cell;
    double strength = fmin(fabs(log(host->ratio)) / log(FULL_RATIO), 1);
    if (host->blocks == 0 || isnan(host->ratio))
        return;
    (void)fprintf(out,
                  "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" "
                  "fill-opacity=\"%.2f\"><title>",
                  x, y, picture->cell - (picture->cell > 4), LINE - 2,
                  host->ratio < 1 ? "#0072b2" : "#d55e00", 0.08 + 0.72 * strength);
    svg_put_text(out, name ? name : "one host");
    (void)fprintf(out, ": %.2f", host->ratio);
    if (isfinite(host->low))
        (void)fprintf(out, " (%.2f–%.2f)", host->low, host->high);
    (void)fprintf(out, ", %s, %zu block%s</title></rect>", comparison_words[host->word],
                  host->blocks, host->blocks == 1 ? "" : "s");
    if (picture->cell >= WITH_TEXT)
        (void)fprintf(out,
                      "<text class=\"ink\" x=\"%d\" y=\"%d\" text-anchor=\"middle\" "
                      "fill=\"#3d4852\" pointer-events=\"none\">%.2f</text>",
                      x + picture->cell / 2, y + LINE - 8, host->ratio);
}

static void put_line(FILE *out, const struct picture *picture, size_t row, int y)
{
    const struct measured_hosts *hosts = &picture->workload->hosts;
    bool named = hosts->count <= HOSTS_SHOWN;
    compare_metrics_on_each(picture->workload, picture->index, row, picture->reference,
                            picture->each);
    if (!named)
        qsort(picture->each, hosts->count, sizeof *picture->each, by_ratio);
    (void)fprintf(out, "<text class=\"ink\" x=\"0\" y=\"%d\" fill=\"#3d4852\">", y + LINE - 8);
    svg_put_text(out, picture->workload->rows[row].row->name);
    (void)fputs("</text>", out);
    for (size_t i = 0; i < picture->cells; i++) {
        size_t host = named ? i : i * (hosts->count - 1) / (picture->cells - 1);
        put_cell(out, picture, &picture->each[host], i, y,
                 named ? measured_hosts_name(hosts, host) : NULL);
    }
    (void)fputc('\n', out);
}

static void put_names(FILE *out, const struct picture *picture)
{
    const struct measured_hosts *hosts = &picture->workload->hosts;
    if (hosts->count > HOSTS_SHOWN || picture->cell < WITH_TEXT)
        return;
    for (size_t h = 0; h < hosts->count; h++) {
        char name[NAME_LETTERS + 1];
        (void)snprintf(name, sizeof name, "%s", measured_hosts_name(hosts, h));
        (void)fprintf(out,
                      "<text class=\"ink\" x=\"%d\" y=\"14\" text-anchor=\"middle\" "
                      "fill=\"#3d4852\">",
                      LEFT + (int)h * picture->cell + picture->cell / 2);
        svg_put_text(out, name);
        (void)fputs("</text>", out);
    }
}

static void put_picture(FILE *out, const struct picture *picture)
{
    const struct result_workload *workload = picture->workload;
    int lines = (int)workload->row_count - 1;
    int width = LEFT + (int)picture->cells * picture->cell + 4;
    (void)fprintf(out,
                  "<svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" font-size=\"12\" "
                  "font-family=\"system-ui,sans-serif\" aria-label=\"%s of rows on each host, as "
                  "ratios to ",
                  width, TOP + lines * LINE, width, comparison_titles[picture->index]);
    svg_put_text(out, workload->rows[picture->reference].row->name);
    (void)fputs("\">\n", out);
    put_names(out, picture);
    int y = TOP;
    for (size_t row = 0; row < workload->row_count; row++) {
        if (row == picture->reference)
            continue;
        put_line(out, picture, row, y);
        y += LINE;
    }
    (void)fputs("</svg>\n", out);
}

static void put_said(FILE *out, const struct result_workload *workload, size_t index, size_t row,
                     size_t reference)
{
    struct memory_stream memory;
    (void)host_say_comparison(memory_stream_open(&memory), workload, index, row, reference);
    AUTO_FREE char *text = memory_stream_close(&memory);
    (void)fputs("<td>", out);
    svg_put_text(out, text);
    (void)fputs("</td>", out);
}

static void put_verdict(FILE *out, const struct result_workload *workload, size_t row)
{
    struct memory_stream memory;
    const struct result_row *of = &workload->rows[row];
    (void)host_say_verdicts(memory_stream_open(&memory), workload, of, &of->subjects[0]);
    AUTO_FREE char *text = memory_stream_close(&memory);
    (void)fputs("<td>", out);
    svg_put_text(out, text);
    (void)fputs("</td>", out);
}

static void put_table(FILE *out, const struct result_workload *workload, size_t reference)
{
    html_open_table(out, "What holds on which hosts under", workload->workload->name);
    (void)fputs("<thead><tr><th scope=\"col\">row</th><th scope=\"col\">verdict</th>", out);
    for (size_t i = 0; i < COMPARED_METRICS; i++)
        if (comparison_shown(workload, i))
            (void)fprintf(out, "<th scope=\"col\">%s</th>", comparison_titles[i]);
    (void)fputs("</tr></thead><tbody>\n", out);
    for (size_t row = 0; row < workload->row_count; row++) {
        (void)fputs("<tr><th scope=\"row\">", out);
        svg_put_text(out, workload->rows[row].row->name);
        (void)fputs("</th>", out);
        put_verdict(out, workload, row);
        for (size_t i = 0; i < COMPARED_METRICS; i++) {
            if (comparison_shown(workload, i) && row != reference)
                put_said(out, workload, i, row, reference);
            else if (comparison_shown(workload, i))
                (void)fputs("<td>reference</td>", out);
        }
        (void)fputs("</tr>\n", out);
    }
    html_close_table(out);
}

void html_hosts(FILE *out, const struct result_workload *workload)
{
    enum { END = 1 }; /* of compared_metrics: it is open */
    const struct measured_hosts *hosts = &workload->hosts;
    if (hosts->count < 2)
        return;
    AUTO_FREE struct compare_host *each = calloc(hosts->count, sizeof *each);
    if (!each)
        abort();
    struct picture picture = {.workload = workload,
                              .reference = comparison_reference(workload),
                              .cells = hosts->count < HOSTS_SHOWN ? hosts->count : HOSTS_SHOWN,
                              .each = each};
    int width = CELLS_WIDTH / (int)picture.cells;
    picture.cell = width > CELL_MAX ? CELL_MAX : width;
    (void)fprintf(out,
                  "<h3>Hosts</h3>\n<p class=\"question\">Each row against the reference on each of "
                  "%zu hosts, by the blocks measured there%s: blue takes less, red more. Holds: on "
                  "that host alone the difference is 5&nbsp;%% at least and beyond its 95&nbsp;%% "
                  "interval. Differs: hosts differ by more than their blocks do.</p>\n",
                  hosts->count,
                  hosts->count > HOSTS_SHOWN ? " (hosts in order of their ratio, a line each row)"
                                             : "");
    struct memory_stream memory;
    bool shared = host_say_machines(memory_stream_open(&memory), hosts);
    AUTO_FREE char *machines = memory_stream_close(&memory);
    html_paragraph(out, "question", shared ? machines : NULL);
    put_table(out, workload, picture.reference);
    for (size_t i = 0; i < COMPARED_METRICS && workload->row_count > 1; i++) {
        if (!comparison_shown(workload, i))
            continue;
        picture.index = i;
        (void)fprintf(out, "<details class=\"hosts\"%s><summary>%s</summary>\n",
                      i == END ? " open" : "", comparison_titles[i]);
        put_picture(out, &picture);
        (void)fputs("</details>\n", out);
    }
}
