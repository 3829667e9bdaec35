#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "price_list.h"
#include "svg_frame.h"

enum { LEFT = 52, TOP = 16, RIGHT = PRICE_PICTURE_WIDTH - 14, BOTTOM = PRICE_PICTURE_HEIGHT - 44 };

#define POINT_COLOUR    "#0072b2"
#define FRONTIER_COLOUR "#d55e00"
#define FAINT_COLOUR    "#9aa3ab"

struct frame {
    double left, right, bottom, top; /* ratios to the default */
};

static double x_of(const struct frame *frame, double ratio)
{
    double share = (ratio - frame->left) / (frame->right - frame->left);
    return LEFT + (RIGHT - LEFT) * fmin(1, fmax(0, share));
}

static double y_of(const struct frame *frame, double ratio)
{
    double share = (ratio - frame->bottom) / (frame->top - frame->bottom);
    return BOTTOM - (BOTTOM - TOP) * fmin(1, fmax(0, share));
}

static bool is_shown(const struct price_list *list, size_t line, size_t cost)
{
    const struct tune_line *of = &list->choice->line[line];
    return !*list->data->trouble[line] && of->effect[cost].ratio > 0 &&
           of->effect[TUNE_MEMORY].ratio > 0;
}

/* From the least to the largest point, with room; intervals may go beyond. */
static void span(const struct price_list *list, size_t shown, size_t cost, double *out_least,
                 double *out_most)
{
    double least = 1, most = 1;
    for (size_t i = 0; i < list->choice->count; i++)
        if (is_shown(list, i, shown)) {
            least = fmin(least, list->choice->line[i].effect[cost].ratio);
            most = fmax(most, list->choice->line[i].effect[cost].ratio);
        }
    const double room = fmax(0.05, 0.12 * (most - least));
    *out_least = fmax(0, least - room);
    *out_most = most + room;
}

static void put_text(FILE *out, double x, double y, const char *anchor, const char *text)
{
    (void)fprintf(out,
                  "<text class=\"ink\" x=\"%.0f\" y=\"%.0f\" text-anchor=\"%s\" "
                  "fill=\"#3d4852\">",
                  x, y, anchor);
    svg_put_text(out, text);
    (void)fputs("</text>", out);
}

static double step_of(double width)
{
    static const double steps[] = {0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 50, 100, 1000};
    size_t i = 0;
    while (width / steps[i] > 6 && i + 1 < sizeof steps / sizeof *steps)
        i++;
    return steps[i];
}

static void put_axes(FILE *out, const struct frame *frame, const char *cost)
{
    char text[PRICE_TEXT_MAX];
    const double across = step_of(frame->right - frame->left);
    const double up = step_of(frame->top - frame->bottom);
    for (int i = (int)ceil(frame->bottom / up); i * up <= frame->top; i++) {
        const double v = i * up;
        (void)fprintf(out, "<path class=\"faint\" d=\"M%d %.1fH%d\" stroke=\"#dde2e6\"/>", LEFT,
                      y_of(frame, v), RIGHT);
        (void)snprintf(text, sizeof text, "%.0f %%", 100 * v);
        put_text(out, LEFT - 6, y_of(frame, v) + 4, "end", text);
    }
    for (int i = (int)ceil(frame->left / across); i * across <= frame->right; i++) {
        const double v = i * across;
        (void)fprintf(out, "<path class=\"faint\" d=\"M%.1f %dV%d\" stroke=\"#dde2e6\"/>",
                      x_of(frame, v), TOP, BOTTOM);
        (void)snprintf(text, sizeof text, "%.0f %%", 100 * v);
        put_text(out, x_of(frame, v), BOTTOM + 16, "middle", text);
    }
    (void)snprintf(text, sizeof text, "%s, of the default's", cost);
    put_text(out, (LEFT + RIGHT) / 2.0, BOTTOM + 34, "middle", text);
    put_text(out, LEFT + 4, TOP + 12, "start", "memory, of the default's");
}

static void put_interval(FILE *out, const struct frame *frame, const struct tune_effect *x,
                         const struct tune_effect *y, const char *colour)
{
    if (!isnan(x->low))
        (void)fprintf(out, "<path d=\"M%.1f %.1fH%.1f\" stroke=\"%s\" stroke-opacity=\".45\"/>",
                      x_of(frame, x->low), y_of(frame, y->ratio), x_of(frame, x->high), colour);
    if (!isnan(y->low))
        (void)fprintf(out, "<path d=\"M%.1f %.1fV%.1f\" stroke=\"%s\" stroke-opacity=\".45\"/>",
                      x_of(frame, x->ratio), y_of(frame, y->low), y_of(frame, y->high), colour);
}

/* Where names stand already: the next one goes above those it would run into. */
struct names {
    double y[TUNE_SETTINGS_MAX];
    size_t count;
};

static double free_line(struct names *names, double y)
{
    enum { LINE = 13 };
    for (size_t i = 0; i < names->count; i++)
        if (fabs(names->y[i] - y) < LINE) {
            y = names->y[i] - LINE;
            i = SIZE_MAX; /* from the first one again */
        }
    names->y[names->count++] = y;
    return y;
}

/* Beside a point, where there is room for it: mostly on the right. A letter is about 6 wide. */
static void put_label(FILE *out, double x, double y, const char *name)
{
    const double width = 6 * (double)strlen(name), gap = 8;
    const double after = PRICE_PICTURE_WIDTH - (x + gap), before = x - gap;
    const bool right = after >= width || after >= before;
    const double over = width - (right ? after : before); /* it has to move back */
    put_text(out, right ? x + gap - fmax(0, over) : x - gap + fmax(0, over), y,
             right ? "start" : "end", name);
}

static void put_point(const struct price_list *list, const struct frame *frame, size_t line,
                      size_t cost, struct names *names, FILE *out)
{
    const struct tune_line *of = &list->choice->line[line];
    const bool marked = line == TUNE_DEFAULT;
    const char *colour = of->on_frontier ? FRONTIER_COLOUR : marked ? POINT_COLOUR : FAINT_COLOUR;
    const double x = x_of(frame, of->effect[cost].ratio);
    const double y = y_of(frame, of->effect[TUNE_MEMORY].ratio);
    char name[TUNE_NAME_MAX], text[PRICE_TEXT_MAX];
    put_interval(out, frame, &of->effect[cost], &of->effect[TUNE_MEMORY], colour);
    if (marked)
        (void)fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"9\" height=\"9\" fill=\"%s\">",
                      x - 4.5, y - 4.5, POINT_COLOUR);
    else
        (void)fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%s\" fill=\"%s\">", x, y,
                      of->on_frontier ? "4.5" : "3", colour);
    (void)fputs("<title>", out);
    svg_put_text(out, price_name(list, line, name, sizeof name));
    (void)fprintf(out, ": memory %s %%, ",
                  price_cell(list, line, TUNE_MEMORY, true, text, sizeof text));
    (void)fprintf(out, "%s %s %%</title></%s>", tune_cost_names[cost],
                  price_cell(list, line, cost, true, text, sizeof text),
                  marked ? "rect" : "circle");
    if (!marked && !of->on_frontier)
        return;
    put_label(out, x, free_line(names, y - 6), name);
}

/* Steps through the points of the frontier that are also one of these two costs. */
static void put_line(const struct price_list *list, const struct frame *frame, size_t cost,
                     FILE *out)
{
    double x = -INFINITY, height = INFINITY;
    bool begun = false;
    for (;;) {
        double next = INFINITY, next_height = height;
        for (size_t i = 0; i < list->choice->count; i++) {
            const struct tune_line *of = &list->choice->line[i];
            double at = of->effect[cost].ratio, up = of->effect[TUNE_MEMORY].ratio;
            if (!of->on_frontier || !is_shown(list, i, cost) || at < x || up >= height)
                continue;
            if (at < next || (at == next && up < next_height)) {
                next = at;
                next_height = up;
            }
        }
        if (!isfinite(next))
            break;
        if (begun)
            (void)fprintf(out, "H%.1fV%.1f", x_of(frame, next), y_of(frame, next_height));
        else
            (void)fprintf(out,
                          "<path fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\" "
                          "stroke-dasharray=\"5 3\" d=\"M%.1f %.1f",
                          FRONTIER_COLOUR, x_of(frame, next), y_of(frame, next_height));
        begun = true;
        x = next;
        height = next_height;
    }
    if (begun)
        (void)fputs("\"/>", out);
}

void price_list_picture(const struct price_list *list, enum tune_cost cost, FILE *out)
{
    struct frame frame;
    struct names names = {.count = 0};
    span(list, cost, cost, &frame.left, &frame.right);
    span(list, cost, TUNE_MEMORY, &frame.bottom, &frame.top);
    (void)fprintf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" "
                  "aria-label=\"Memory over %s of the settings of ",
                  PRICE_PICTURE_WIDTH, PRICE_PICTURE_HEIGHT, tune_cost_names[cost]);
    svg_put_text(out, list->base);
    (void)fprintf(out,
                  "\" font-size=\"11\" font-family=\"system-ui,sans-serif\"><rect "
                  "class=\"ground\" width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>",
                  PRICE_PICTURE_WIDTH, PRICE_PICTURE_HEIGHT);
    put_axes(out, &frame, tune_cost_names[cost]);
    put_line(list, &frame, cost, out);
    for (size_t i = list->choice->count; i-- > 0;) /* the default above the others */
        if (is_shown(list, i, cost))
            put_point(list, &frame, i, cost, &names, out);
    (void)fputs("</svg>\n", out);
}
