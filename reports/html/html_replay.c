#include <math.h>

#include "html.h"
#include "html_pieces.h"
#include "number.h"
#include "svg.h"

enum { WIDTH = 460, HEIGHT = 240, LEFT = 64, TOP = 12, RIGHT = 20, BOTTOM = 40, STEPS = 4 };

static const double mib = 1024.0 * 1024.0;

static bool any(const double *curve)
{
    for (size_t i = 0; i < REPLAY_CURVE_POINTS; i++)
        if (!isnan(curve[i]))
            return true;
    return false;
}

static double top_of(const struct replay_check *check)
{
    double top = 0;
    for (size_t r = 0; r < check->row_count; r++)
        for (size_t i = 0; i < REPLAY_CURVE_POINTS; i++)
            top = fmax(top, fmax(check->rows[r].original[i], check->rows[r].replayed[i]));
    return top;
}

static int x_of(const struct svg_frame *frame, double share)
{
    return frame->left + (int)lround(share * (frame->right - frame->left));
}

static void put_time_axis(FILE *out, const struct svg_frame *frame, double seconds)
{
    char text[96];
    for (int i = 0; i <= STEPS; i++) {
        (void)snprintf(text, sizeof text, "%d %%", 100 * i / STEPS);
        svg_label(out, x_of(frame, (double)i / STEPS), frame->bottom + 16, "middle", text);
    }
    (void)snprintf(text, sizeof text, "of the recorded time, %.3g s", seconds);
    svg_label(out, (frame->left + frame->right) / 2, frame->bottom + 34, "middle", text);
}

static void put_line(FILE *out, const struct svg_frame *frame, const double *curve)
{
    struct svg_pen pen = {.down = false};
    for (size_t i = 0; i < REPLAY_CURVE_POINTS; i++) {
        if (isnan(curve[i]))
            pen.down = false;
        else
            svg_pen_go(&pen, x_of(frame, (double)i / (REPLAY_CURVE_POINTS - 1)),
                       svg_y(frame, curve[i]), out);
    }
    (void)fputs("\"/>", out);
}

/* The original is a broad pale line, and the replay a thin one on it: where they are one, both
 * show. */
static void begin_original(FILE *out)
{
    (void)fputs("<path class=\"original\" fill=\"none\" stroke=\"#3d4852\" stroke-width=\"6\" "
                "stroke-opacity=\".3\" stroke-linejoin=\"round\" d=\"",
                out);
}

static void begin_replay(FILE *out)
{
    (void)fputs("<path class=\"c0\" fill=\"none\" stroke=\"#0072b2\" stroke-width=\"2\" "
                "stroke-linejoin=\"round\" d=\"",
                out);
}

static void put_swatch(FILE *out, void (*begin)(FILE *out))
{
    (void)fputs("<span><svg class=\"swatch\" width=\"26\" height=\"10\" viewBox=\"0 0 26 10\">",
                out);
    begin(out);
    (void)fputs("M1 5H25\"/></svg>", out);
}

static void put_picture(FILE *out, const struct replay_check *check, const struct replay_row *row,
                        double top)
{
    char title[256];
    const struct svg_frame frame = {LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM, top * 1.04};
    (void)fputs("<figure class=\"overlay\"><figcaption>", out);
    svg_put_text(out, row->name);
    (void)fprintf(out, " <small>peak %+.1f %%, end %+.1f %%</small></figcaption>",
                  100 * replay_check_off(&row->at[REPLAY_PEAK]),
                  100 * replay_check_off(&row->at[REPLAY_END]));
    (void)snprintf(title, sizeof title,
                   "Heap of the program and of its replay on %s over the recorded time; the table "
                   "below has peak and end",
                   row->name);
    svg_open(out, WIDTH, HEIGHT, title);
    svg_bytes_axis(out, &frame, 5);
    put_time_axis(out, &frame, check->seconds);
    begin_original(out);
    put_line(out, &frame, row->original);
    begin_replay(out);
    put_line(out, &frame, row->replayed);
    (void)fputs("</svg></figure>\n", out);
}

static void put_pictures(FILE *out, const struct replay_check *check)
{
    double top = top_of(check);
    bool drawn = check->seconds > 0 && top > 0;
    for (size_t r = 0; r < check->row_count; r++)
        drawn = drawn && any(check->rows[r].original) && any(check->rows[r].replayed);
    if (!drawn) {
        html_paragraph(out, "question",
                       "How both went over time cannot be drawn: the trace does not hold the "
                       "original's course, or this run was stored before it was kept.");
        return;
    }
    (void)fputs("<p class=\"legend\">", out);
    put_swatch(out, begin_original);
    (void)fputs("the program, run without the recorder</span>\n", out);
    put_swatch(out, begin_replay);
    (void)fputs("its replay</span></p>\n<div class=\"overlays\">\n", out);
    for (size_t r = 0; r < check->row_count; r++)
        put_picture(out, check, &check->rows[r], top);
    (void)fputs("</div>\n", out);
}

/* The median, and between which the runs were. */
static void put_moment(FILE *out, const struct replay_level *level, size_t runs)
{
    char text[NUMBER_TEXT_MAX], most[NUMBER_TEXT_MAX];
    (void)fprintf(out, "<td class=\"n\">%s", number_format(level->median / mib, text, sizeof text));
    if (runs > 1)
        (void)fprintf(out, " <small>%s–%s</small>",
                      number_format(level->least / mib, text, sizeof text),
                      number_format(level->most / mib, most, sizeof most));
    (void)fprintf(out, "</td><td class=\"n\">%s</td>",
                  number_format(level->replayed / mib, text, sizeof text));
    (void)fprintf(out, "<td class=\"n\">%+.1f&nbsp;%%</td>", 100 * replay_check_off(level));
}

void html_replay(FILE *out, const struct result_workload *workload)
{
    const struct replay_check *check = &workload->replay;
    if (!check->is_trace)
        return;
    (void)fputs("<h3>How near the replay comes to the program</h3>\n", out);
    html_paragraph(out, "summary", check->sentence);
    if (check->row_count == 0)
        return;
    put_pictures(out, check);
    html_open_table(out, "The program and its replay under", workload->workload->name);
    (void)fputs("<caption>Heap of the program, median and range of its runs, and of its replay, MiB"
                "</caption>\n",
                out);
    html_headings(out, "row|#runs|#peak|#replayed|#off|#end|#replayed|#off");
    for (size_t r = 0; r < check->row_count; r++) {
        const struct replay_row *row = &check->rows[r];
        (void)fputs("<tr><th scope=\"row\">", out);
        svg_put_text(out, row->name);
        (void)fputs("</th>", out);
        (void)fprintf(out, "<td class=\"n\">%zu</td>", row->originals);
        for (size_t m = 0; m < REPLAY_MOMENTS; m++)
            put_moment(out, &row->at[m], row->originals);
        (void)fputs("</tr>\n", out);
    }
    html_close_table(out);
}
