#include "svg.h"

#include <math.h>
#include <string.h>

#include "number.h"
#include "svg_hover.h"
#include "units.h"

/* Okabe and Ito's colours, those that show on white first. */
static const char *const row_colours[SVG_COLOURS] = {
    "#0072b2", "#d55e00", "#009e73", "#b0508a", "#4d4d4d", "#c28500", "#2f96d0",
};
static const char *const row_dashes[SVG_DASHES] = {"", "9 4", "2 3", "10 3 2 3", "5 2"};
#define SVG_HUGE_DASHES "4 3"

static const char *const layer_colours[LAYER_COUNT] = {
    "#d55e00", "#e69f00", "#9aa3ab", "#dde2e6", "#56b4e9",
};

enum { LEFT = 64, TOP = 26, BOTTOM = 40, NAMES_MAX = 18, NAME_LINE = 14 };
enum { NAMES_LEAST = 120, NAMES_MOST = 240, LETTER = 7 }; /* right of the plot */
enum { NAMED_PHASE = 56 };                                /* wide enough for its own name */

const char *svg_layer_colour(enum layer layer)
{
    return layer_colours[layer];
}

/* A round decimal step. */
static double step_of_cycles(double cycles, int most)
{
    static const double factors[] = {2, 2.5, 2};
    double step = 1;
    for (size_t i = 0; cycles / step > most; i = (i + 1) % 3)
        step *= factors[i];
    return step;
}

static void put_position_axis(FILE *out, const struct svg_frame *frame, const struct svg_axis *axis,
                              int most)
{
    static const char *const names[] = {"quiet", "released"};
    for (int i = 0; i < 2; i++) {
        int from = svg_x(frame, 1 + i * CURVES_AFTER),
            to = svg_x(frame, 1 + (i + 1) * CURVES_AFTER);
        (void)fprintf(out,
                      "<rect class=\"phase\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
                      "fill=\"%s\"/>",
                      from, frame->top, to - from, frame->bottom - frame->top,
                      i == 0 ? "#f1f4f6" : "#e6ebef");
        if (to - from >= NAMED_PHASE)
            svg_label(out, (from + to) / 2, frame->top - 8, "middle", names[i]);
        else if (i == 1)
            svg_label(out, frame->right, frame->top - 8, "end", "quiet, released");
    }
    svg_label(out, frame->left, frame->top - 8, "start", "start");
    svg_label(out, svg_x(frame, 0.5), frame->top - 8, "middle", "churn");
    double step = fmax(step_of_cycles(axis->cycles, most), 1);
    for (double cycle = 0; cycle <= axis->cycles && axis->cycles > 0; cycle += step) {
        char text[32];
        (void)snprintf(text, sizeof text, "%.0f", cycle);
        svg_label(out, svg_x(frame, cycle / axis->cycles), frame->bottom + 16, "middle", text);
    }
    char text[128];
    (void)snprintf(text, sizeof text, "cycles (one: a %s), then time", axis->cycle_unit);
    svg_label(out, (frame->left + frame->right) / 2, frame->bottom + 34, "middle", text);
}

/* A path through the points that are there, pen up where there is none. */
static void put_line(FILE *out, const struct svg_frame *frame, const double *values)
{
    struct svg_pen pen = {.down = false};
    for (size_t i = 0; i < CURVES_POINTS; i++) {
        if (isnan(values[i])) {
            pen.down = false;
            continue;
        }
        svg_pen_go(&pen, svg_x(frame, CURVES_END * (double)i / (CURVES_POINTS - 1)),
                   svg_y(frame, values[i]), out);
    }
}

static void put_band(FILE *out, const struct svg_frame *frame, const struct curves_row *row)
{
    struct svg_pen pen = {.down = false};
    for (size_t i = 0; i < 2 * CURVES_POINTS; i++) {
        size_t point = i < CURVES_POINTS ? i : 2 * CURVES_POINTS - 1 - i;
        double value = i < CURVES_POINTS ? row->max[point] : row->min[point];
        if (isnan(value))
            continue;
        svg_pen_go(&pen, svg_x(frame, CURVES_END * (double)point / (CURVES_POINTS - 1)),
                   svg_y(frame, value), out);
    }
    if (pen.down)
        (void)fputc('z', out);
}

static double last_value(const double *values)
{
    for (size_t i = CURVES_POINTS; i-- > 0;)
        if (!isnan(values[i]))
            return values[i];
    return NAN;
}

/* Names at the right ends, the highest first, pushed apart; as many as have room. */
static void put_names(FILE *out, const struct svg_frame *frame, const struct curves *curves)
{
    size_t order[NAMES_MAX];
    size_t named = 0;
    for (size_t r = 0; r < curves->row_count && named < NAMES_MAX; r++) {
        double end = last_value(curves->rows[r].median);
        if (isnan(end))
            continue;
        size_t at = named++;
        for (; at > 0 && last_value(curves->rows[order[at - 1]].median) < end; at--)
            order[at] = order[at - 1];
        order[at] = r;
    }
    int y[NAMES_MAX] = {0};
    int lowest = frame->bottom + 4;
    for (size_t i = 0; i < named; i++) {
        y[i] = svg_y(frame, last_value(curves->rows[order[i]].median)) + 4;
        if (i > 0 && y[i] < y[i - 1] + NAME_LINE)
            y[i] = y[i - 1] + NAME_LINE;
    }
    for (size_t i = named; i-- > 0; lowest = y[i] - NAME_LINE)
        y[i] = y[i] > lowest ? lowest : y[i];
    for (size_t i = 0; i < named; i++) {
        size_t colour = order[i] % SVG_COLOURS;
        (void)fprintf(out, "<text class=\"f%zu\" x=\"%d\" y=\"%d\" fill=\"%s\">", colour,
                      frame->right + 8, y[i], row_colours[colour]);
        svg_put_text(out, curves->rows[order[i]].name);
        (void)fputs("</text>", out);
    }
}

static int names_width(const struct curves *curves)
{
    size_t width = NAMES_LEAST;
    for (size_t r = 0; r < curves->row_count; r++) {
        size_t own = LETTER * (strlen(curves->rows[r].name) + 2);
        width = own > width ? own : width;
    }
    return width > NAMES_MOST ? NAMES_MOST : (int)width;
}

void svg_curves(FILE *out, const char *title, const struct curves *curves,
                const struct svg_axis *axis)
{
    struct svg_frame frame = {LEFT, TOP, SVG_WIDTH - names_width(curves), SVG_HEIGHT - BOTTOM,
                              curves->top_bytes * 1.04};
    svg_open(out, SVG_WIDTH, SVG_HEIGHT, title);
    put_position_axis(out, &frame, axis, 10);
    svg_bytes_axis(out, &frame, 8);
    if (curves->top_bytes <= 0)
        svg_label(out, (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2, "middle",
                  "no trial is valid");
    for (size_t r = 0; r < curves->row_count && curves->top_bytes > 0; r++) {
        size_t colour = r % SVG_COLOURS;
        (void)fprintf(out, "<path class=\"f%zu\" fill=\"%s\" fill-opacity=\".16\" d=\"", colour,
                      row_colours[colour]);
        put_band(out, &frame, &curves->rows[r]);
        (void)fprintf(out,
                      "\"/><path class=\"c%zu\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" "
                      "stroke-linejoin=\"round\" stroke-dasharray=\"%s\" d=\"",
                      colour, row_colours[colour], row_dashes[r % SVG_DASHES]);
        put_line(out, &frame, curves->rows[r].median);
        (void)fputs("\"/>", out);
    }
    put_names(out, &frame, curves);
    svg_hover_curves(out, &frame, curves, axis);
    (void)fputs("</svg>\n", out);
}

/* The area below the sum of a layer and all under it; the next one down covers the rest. Points are
 * thinned to what a small picture can show. */
static void put_area(FILE *out, const struct svg_frame *frame, const struct layers *layers,
                     const double *sum)
{
    size_t stride = layers->count / 120 + 1;
    int x = svg_x(frame, layers->position[0]), y = frame->bottom;
    (void)fprintf(out, "M%d %d", x, y);
    for (size_t i = 0; i < layers->count; i++) {
        if (i % stride != 0 && i + 1 != layers->count)
            continue;
        int to_x = svg_x(frame, layers->position[i]), to_y = svg_y(frame, sum[i]);
        (void)fprintf(out, "l%d %d", to_x - x, to_y - y);
        x = to_x;
        y = to_y;
    }
    (void)fprintf(out, "V%dz", frame->bottom);
}

/* How much of it, whosever it is, lies in huge pages. */
static void put_huge(FILE *out, const struct svg_frame *frame, const struct layers *layers)
{
    size_t stride = layers->count / 120 + 1;
    (void)fprintf(out, "<path class=\"huge\" fill=\"none\" stroke=\"#000\" stroke-width=\"1.5\" "
                       "stroke-dasharray=\"" SVG_HUGE_DASHES "\" d=\"");
    for (size_t i = 0; i < layers->count; i++)
        if (i % stride == 0 || i + 1 == layers->count)
            (void)fprintf(out, "%s%d %d", i == 0 ? "M" : "L", svg_x(frame, layers->position[i]),
                          svg_y(frame, layers->huge_bytes[i]));
    (void)fputs("\"/>", out);
}

void svg_layers(FILE *out, const char *title, const struct layers *layers, double top_bytes,
                const struct svg_axis *axis)
{
    struct svg_frame frame = {LEFT, TOP, SVG_STACK_WIDTH - 12, SVG_STACK_HEIGHT - BOTTOM,
                              top_bytes * 1.04};
    svg_open(out, SVG_STACK_WIDTH, SVG_STACK_HEIGHT, title);
    put_position_axis(out, &frame, axis, 5);
    svg_bytes_axis(out, &frame, 5);
    if (layers->count == 0)
        svg_label(out, (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2, "middle",
                  "no trial is valid");
    AUTO_FREE double *sum = calloc(layers->count + 1, sizeof *sum);
    if (!sum)
        abort();
    for (size_t layer = 0; layer < LAYER_COUNT; layer++)
        for (size_t i = 0; i < layers->count; i++)
            sum[i] += layers->bytes[layer][i];
    for (size_t layer = LAYER_COUNT; layer-- > 0 && layers->count > 0;) {
        (void)fprintf(out, "<path class=\"l%zu\" fill=\"%s\" d=\"", layer, layer_colours[layer]);
        put_area(out, &frame, layers, sum);
        (void)fputs("\"/>", out);
        for (size_t i = 0; i < layers->count; i++)
            sum[i] -= layers->bytes[layer][i];
    }
    if (layers->huge)
        put_huge(out, &frame, layers);
    svg_hover_layers(out, &frame, layers, axis);
    (void)fputs("</svg>\n", out);
}

void svg_swatch(FILE *out, size_t index)
{
    (void)fprintf(out,
                  "<svg class=\"swatch\" width=\"34\" height=\"12\" viewBox=\"0 0 34 12\" "
                  "aria-hidden=\"true\"><path class=\"c%zu\" d=\"M1 6H33\" stroke=\"%s\" "
                  "stroke-width=\"3\" stroke-dasharray=\"%s\"/></svg>",
                  index % SVG_COLOURS, row_colours[index % SVG_COLOURS],
                  row_dashes[index % SVG_DASHES]);
}

void svg_huge_swatch(FILE *out)
{
    (void)fputs("<svg class=\"swatch\" width=\"34\" height=\"12\" viewBox=\"0 0 34 12\" "
                "aria-hidden=\"true\"><path class=\"huge\" d=\"M1 6H33\" stroke=\"#000\" "
                "stroke-width=\"1.5\" stroke-dasharray=\"" SVG_HUGE_DASHES "\"/></svg>",
                out);
}

void svg_layer_swatch(FILE *out, enum layer layer)
{
    (void)fprintf(out,
                  "<svg class=\"swatch\" width=\"14\" height=\"14\" viewBox=\"0 0 14 14\" "
                  "aria-hidden=\"true\"><rect class=\"l%d\" width=\"14\" height=\"14\" "
                  "fill=\"%s\"/></svg>",
                  (int)layer, layer_colours[layer]);
}
