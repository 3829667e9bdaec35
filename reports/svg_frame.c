#include "svg_frame.h"

#include <math.h>

#include "curves.h"
#include "escape.h"
#include "units.h"

static const char font[] = "font-family=\"system-ui,sans-serif\"";

void svg_put_text(FILE *out, const char *text)
{
    escape_put(out, ESCAPE_MARKUP, text);
}

int svg_x(const struct svg_frame *frame, double position)
{
    return frame->left + (int)lround((frame->right - frame->left) * position / CURVES_END);
}

int svg_y(const struct svg_frame *frame, double bytes)
{
    double share = frame->top_bytes > 0 ? bytes / frame->top_bytes : 0;
    return frame->bottom - (int)lround((frame->bottom - frame->top) * share);
}

void svg_open(FILE *out, int width, int height, const char *title)
{
    (void)fprintf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" "
                  "aria-label=\"",
                  width, height);
    svg_put_text(out, title);
    (void)fprintf(out,
                  "\" font-size=\"12\" %s><rect class=\"ground\" width=\"%d\" height=\"%d\" "
                  "fill=\"#ffffff\"/>",
                  font, width, height);
}

void svg_label(FILE *out, int x, int y, const char *anchor, const char *text)
{
    (void)fprintf(out, "<text class=\"ink\" x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"#3d4852\">",
                  x, y, anchor);
    svg_put_text(out, text);
    (void)fputs("</text>", out);
}

double svg_step_bytes(double top_bytes, int most)
{
    double step = 1024;
    while (top_bytes / step > most)
        step *= 2;
    return step;
}

void svg_bytes_axis(FILE *out, const struct svg_frame *frame, int most)
{
    double step = svg_step_bytes(frame->top_bytes, most);
    for (double bytes = 0; bytes <= frame->top_bytes && frame->top_bytes > 0; bytes += step) {
        char text[48];
        int y = svg_y(frame, bytes);
        (void)fprintf(out,
                      "<path class=\"faint\" d=\"M%d %dH%d\" stroke=\"#dde2e6\" fill=\"none\"/>",
                      frame->left, y, frame->right);
        svg_label(out, frame->left - 6, y + 4, "end", units_format_bytes(bytes, text, sizeof text));
    }
}

void svg_pen_go(struct svg_pen *pen, int x, int y, FILE *out)
{
    if (pen->down)
        (void)fprintf(out, "l%d %d", x - pen->x, y - pen->y);
    else
        (void)fprintf(out, "M%d %d", x, y);
    *pen = (struct svg_pen){.x = x, .y = y, .down = true};
}
