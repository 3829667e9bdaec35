#include <math.h>

#include "html.h"
#include "html_pieces.h"
#include "layers.h"
#include "number.h"
#include "svg.h"

/* Names of the choices, as the script reads them. */
static const char open_controls[] =
    "<form class=\"controls\" hidden>"
    "<fieldset><legend>Over</legend>"
    "<label><input type=\"radio\" name=\"x\" value=\"cycles\" checked> cycles</label>"
    "<label><input type=\"radio\" name=\"x\" value=\"seconds\"> seconds</label></fieldset>"
    "<fieldset><legend>Memory</legend>"
    "<label><input type=\"radio\" name=\"y\" value=\"anon\" checked> anonymous RSS</label>"
    "<label><input type=\"radio\" name=\"y\" value=\"rss\"> RSS</label>"
    "<label><input type=\"radio\" name=\"y\" value=\"less\"> RSS less LazyFree</label></fieldset>"
    "<fieldset><legend>Show</legend>"
    "<label><input type=\"checkbox\" name=\"blocks\"> each block</label></fieldset>";
static const char close_controls[] =
    "<button type=\"button\" name=\"reset\">Whole range</button></form>\n";

/* Which host's blocks are drawn. */
static void put_controls(FILE *out, const struct measured_hosts *hosts)
{
    (void)fputs(open_controls, out);
    if (hosts->count > 1) {
        (void)fprintf(out,
                      "<fieldset><legend>Host</legend><select name=\"host\" aria-label=\"Host\">"
                      "<option value=\"\">all %zu</option>",
                      hosts->count);
        for (size_t h = 0; h < hosts->count; h++) {
            (void)fprintf(out, "<option value=\"%zu\">", h);
            svg_put_text(out, measured_hosts_name(hosts, h));
            (void)fputs("</option>", out);
        }
        (void)fputs("</select></fieldset>", out);
    }
    (void)fputs(close_controls, out);
}

static void put_plot(FILE *out, const char *subject, const struct curves *curves,
                     const struct svg_axis *axis)
{
    char label[256];
    (void)snprintf(label, sizeof label,
                   "Memory of the %s over the cycles, one line per row; the table below has the "
                   "numbers",
                   subject);
    svg_curves(out, label, curves, axis);
}

static void put_curves(FILE *out, const struct result_workload *workload, size_t index,
                       const struct svg_axis *axis)
{
    AUTO(curves) struct curves curves;
    curves_build(workload, RECORD_PRIMARY, &curves);
    (void)fprintf(out,
                  "<figure class=\"curves\" data-workload=\"%zu\">\n<figcaption>Memory of the %s: "
                  "median of the blocks, and the band from least to greatest</figcaption>\n",
                  index, workload->subject_names[RECORD_PRIMARY]);
    put_controls(out, &workload->hosts);
    (void)fputs("<ul class=\"legend\">\n", out);
    for (size_t r = 0; r < workload->row_count; r++) {
        (void)fprintf(out,
                      "<li><label><input type=\"checkbox\" name=\"row\" value=\"%zu\" checked "
                      "hidden>",
                      r);
        svg_swatch(out, r);
        (void)fputs("<span>", out);
        svg_put_text(out, workload->rows[r].row->name);
        (void)fputs("</span></label><output></output></li>\n", out);
    }
    (void)fputs("</ul>\n<div class=\"chart\">", out);
    put_plot(out, workload->subject_names[RECORD_PRIMARY], &curves, axis);
    (void)fputs("</div>\n<p class=\"hint\" hidden>Drag to zoom, double click for the whole range. "
                "With the keyboard: focus the chart, arrow keys read values, + and - zoom, 0 shows "
                "all.</p>\n</figure>\n",
                out);
}

static void put_layer_cells(FILE *out, const struct layers *layers, size_t point)
{
    double sum = 0;
    for (size_t layer = 0; layer < LAYER_COUNT; layer++) {
        char text[NUMBER_TEXT_MAX];
        double mib = layers->bytes[layer][point] / (1024.0 * 1024.0);
        sum += mib;
        (void)fprintf(out, "<td class=\"n\">%s</td>",
                      layers->told[layer] ? number_format(mib, text, sizeof text) : "n/a");
    }
    char text[NUMBER_TEXT_MAX];
    (void)fprintf(out, "<td class=\"n\">%s</td>", number_format(sum, text, sizeof text));
    (void)fprintf(out, "<td class=\"n\">%s</td>",
                  number_format(layers->huge_bytes[point] / (1024.0 * 1024.0), text, sizeof text));
}

/* The last point at or before a position; SIZE_MAX when there is none. */
static size_t point_at(const struct layers *layers, double position)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < layers->count && layers->position[i] <= position + 1e-9; i++)
        found = i;
    return found;
}

static void put_layer_table(FILE *out, const struct result_workload *workload,
                            const struct layers *layers)
{
    static const struct {
        const char *name;
        double position;
    } moments[] = {{"end", 1}, {"released", CURVES_END}};
    html_open_table(out, "What the memory consists of under", workload->workload->name);
    (void)fputs("<caption>What the memory consists of, MiB, at the end of the churn and after the "
                "release call; where more is live than is resident, nothing else can be told "
                "apart</caption>\n<thead><tr><th scope=\"col\">row</th>"
                "<th scope=\"col\">when</th>",
                out);
    for (size_t layer = 0; layer < LAYER_COUNT; layer++)
        (void)fprintf(out, "<th scope=\"col\" class=\"n\">%s</th>", layer_names[layer]);
    (void)fputs("<th scope=\"col\" class=\"n\">RSS</th><th scope=\"col\" class=\"n\">in huge "
                "pages</th></tr></thead><tbody>\n",
                out);
    for (size_t r = 0; r < workload->row_count; r++)
        for (size_t i = 0; i < 2; i++) {
            size_t point = point_at(&layers[r], moments[i].position);
            (void)fputs("<tr><th scope=\"row\">", out);
            svg_put_text(out, workload->rows[r].row->name);
            (void)fprintf(out, "</th><td>%s</td>", moments[i].name);
            if (point == SIZE_MAX)
                (void)fprintf(out, "<td colspan=\"%d\">no trial is valid</td>", LAYER_COUNT + 2);
            else
                put_layer_cells(out, &layers[r], point);
            (void)fputs("</tr>\n", out);
        }
    html_close_table(out);
}

static void put_stack(FILE *out, const struct result_row *row, const struct layers *layers,
                      size_t index, double top, const struct svg_axis *axis)
{
    (void)fputs("<figure class=\"stack\"><figcaption>", out);
    svg_put_text(out, row->row->name);
    if (layers->record)
        (void)fprintf(out, " <small>block %lld</small>", (long long)layers->record->block);
    (void)fprintf(out, "</figcaption><div class=\"chart\" data-row=\"%zu\">", index);
    svg_layers(out, row->row->name, layers, top, axis);
    (void)fputs("</div><output></output></figure>\n", out);
}

static void put_layers(FILE *out, const struct result_workload *workload, size_t index,
                       const struct svg_axis *axis)
{
    AUTO_FREE struct layers *layers = calloc(workload->row_count + 1, sizeof *layers);
    double top = 0;
    bool huge = false;
    if (!layers)
        abort();
    for (size_t r = 0; r < workload->row_count; r++) {
        layers_build(&workload->rows[r], RECORD_PRIMARY, &layers[r]);
        top = fmax(top, layers[r].top_bytes);
        huge |= layers[r].huge;
    }
    (void)fputs("<h3>Whose memory it is</h3>\n<p class=\"legend\">", out);
    for (size_t layer = 0; layer < LAYER_COUNT; layer++) {
        (void)fputs("<span>", out);
        svg_layer_swatch(out, (enum layer)layer);
        (void)fprintf(out, "%s</span>\n", layer_names[layer]);
    }
    if (huge) {
        (void)fputs("<span>", out);
        svg_huge_swatch(out);
        (void)fputs("of it in huge pages</span>\n", out);
    }
    (void)fputs(
        "</p>\n<p class=\"question\">Live is the application's, as far as it is resident. Kept is "
        "the allocator's: free memory, caches, its own books. Outside are program, libraries, "
        "stacks and mappings that are neither's. All rows on one scale; each shows the block whose "
        "end is the median one.</p>\n",
        out);
    (void)fprintf(out, "<div class=\"stacks\" data-workload=\"%zu\">\n", index);
    for (size_t r = 0; r < workload->row_count; r++)
        put_stack(out, &workload->rows[r], &layers[r], r, top, axis);
    (void)fputs("</div>\n", out);
    put_layer_table(out, workload, layers);
    for (size_t r = 0; r < workload->row_count; r++)
        layers_release(&layers[r]);
}

static void put_other(FILE *out, const struct result_workload *workload, size_t role,
                      const struct svg_axis *axis)
{
    AUTO(curves) struct curves curves;
    curves_build(workload, role, &curves);
    const char *name = workload->subject_names[role];
    (void)fprintf(out,
                  "<details><summary>The %s's memory, as a picture</summary><figure>"
                  "<figcaption>Anonymous RSS of the %s</figcaption><div class=\"chart\">",
                  name, name);
    put_plot(out, name, &curves, axis);
    (void)fputs("</div></figure></details>\n", out);
}

void html_charts(FILE *out, const struct result_workload *workload, size_t index)
{
    struct svg_axis axis = {(double)workload_cycles(workload->workload),
                            workload_cycle_unit(workload->workload)};
    put_curves(out, workload, index, &axis);
    put_layers(out, workload, index, &axis);
    for (size_t role = RECORD_PRIMARY + 1; role < workload->subject_count; role++)
        put_other(out, workload, role, &axis);
}
