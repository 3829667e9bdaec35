#include "svg_hover.h"

#include <math.h>
#include <string.h>

#include "units.h"

enum { COLUMNS = 48 };

/* Opens a column and its title, which says where it is. */
static void open_column(FILE *out, const struct svg_frame *frame, const struct svg_axis *axis,
                        double from, double at, double to)
{
    int left = svg_x(frame, from);
    (void)fprintf(out,
                  "<rect class=\"point\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
                  "fill=\"none\" pointer-events=\"all\"><title>",
                  left, frame->top, svg_x(frame, to) - left, frame->bottom - frame->top);
    if (at <= 1)
        (void)fprintf(out, "cycle %.0f of %.0f", at * axis->cycles, axis->cycles);
    else
        (void)fputs(at <= 1 + CURVES_AFTER ? "quiet" : "released", out);
}

static void close_column(FILE *out)
{
    (void)fputs("</title></rect>", out);
}

static void put_value(FILE *out, const char *name, double bytes)
{
    char text[48];
    (void)fputs("\n", out);
    svg_put_text(out, name);
    (void)fprintf(out, ": %s", units_format_bytes(bytes, text, sizeof text));
}

static void put_row(FILE *out, const struct curves_row *row, size_t point)
{
    char least[48], greatest[48];
    if (isnan(row->median[point]))
        return;
    put_value(out, row->name, row->median[point]);
    (void)units_format_bytes(row->min[point], least, sizeof least);
    (void)units_format_bytes(row->max[point], greatest, sizeof greatest);
    if (strcmp(least, greatest) != 0)
        (void)fprintf(out, " (%s to %s)", least, greatest);
}

void svg_hover_curves(FILE *out, const struct svg_frame *frame, const struct curves *curves,
                      const struct svg_axis *axis)
{
    double width = CURVES_END / COLUMNS;
    for (int i = 0; i < COLUMNS && curves->top_bytes > 0; i++) {
        double at = (i + 0.5) * width;
        size_t point = (size_t)lround(at / CURVES_END * (CURVES_POINTS - 1));
        open_column(out, frame, axis, i * width, at, (i + 1) * width);
        for (size_t r = 0; r < curves->row_count; r++)
            put_row(out, &curves->rows[r], point);
        close_column(out);
    }
}

static void put_layers(FILE *out, const struct layers *layers, size_t point)
{
    double sum = 0;
    for (size_t layer = LAYER_COUNT; layer-- > 0;) {
        sum += layers->bytes[layer][point];
        if (layers->told[layer])
            put_value(out, layer_names[layer], layers->bytes[layer][point]);
    }
    put_value(out, "RSS", sum);
    if (layers->huge)
        put_value(out, "in huge pages", layers->huge_bytes[point]);
}

/* Points are where samples were: a column reaches from half way to the one before to half way to
 * the next, and stands for as many as are too close together to be told apart. */
void svg_hover_layers(FILE *out, const struct svg_frame *frame, const struct layers *layers,
                      const struct svg_axis *axis)
{
    double from = 0;
    for (size_t i = 0; i < layers->count; i++) {
        double at = layers->position[i];
        double to = i + 1 < layers->count ? (at + layers->position[i + 1]) / 2 : CURVES_END;
        if (to - from < CURVES_END / COLUMNS && i + 1 < layers->count)
            continue;
        open_column(out, frame, axis, from, at, to);
        put_layers(out, layers, i);
        close_column(out);
        from = to;
    }
}
