#include <stdio.h>

#include "exporter.h"
#include "svg.h"

/* The pictures one below the other, each with the workload's name over it. */
static void write_svg(const struct result *result, FILE *out, const struct text_style *style)
{
    enum { HEAD = 30 };
    (void)style;
    size_t count = result->workload_count ? result->workload_count : 1;
    (void)fprintf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%zu\" "
                  "viewBox=\"0 0 %d %zu\">\n<rect width=\"100%%\" height=\"100%%\" "
                  "fill=\"#ffffff\"/>\n",
                  SVG_WIDTH, count * (SVG_HEIGHT + HEAD), SVG_WIDTH, count * (SVG_HEIGHT + HEAD));
    for (size_t i = 0; i < result->workload_count; i++) {
        const struct result_workload *workload = &result->workloads[i];
        AUTO(curves) struct curves curves;
        curves_build(workload, RECORD_PRIMARY, &curves);
        (void)fprintf(out,
                      "<g transform=\"translate(0 %zu)\"><text x=\"16\" y=\"22\" "
                      "font-family=\"system-ui,sans-serif\" font-size=\"16\" fill=\"#14181c\">"
                      "Anonymous RSS of the %s: ",
                      i * (SVG_HEIGHT + HEAD), workload->subject_names[RECORD_PRIMARY]);
        svg_put_text(out, workload->workload->name);
        if (workload->replay.is_trace)
            (void)fprintf(out, " (a replay, %s)", replay_grade_names[workload->replay.grade]);
        (void)fprintf(out, "</text><g transform=\"translate(0 %d)\">", HEAD);
        svg_curves(out, workload->workload->name, &curves,
                   &(struct svg_axis){(double)workload_cycles(workload->workload),
                                      workload_cycle_unit(workload->workload)});
        (void)fputs("</g></g>\n", out);
    }
    (void)fputs("</svg>\n", out);
}

const struct exporter exporter_svg = {
    .name = "svg",
    .file = "curves.svg",
    .summary = "the RSS curves as a picture, for a README",
    .stored = true,
    .write = write_svg,
};
