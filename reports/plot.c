#include "plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "table.h"
#include "units.h"

enum {
    LINES_LEAST = 6,
    LABEL = 10,     /* columns of a size before the axis */
    CELLS_MAX = 72, /* of the plot */
    NAME_MAX_WIDTH = 19,
    WIDTH_LEAST = 50,
    DOTS_X = 2, /* of one braille cell */
    DOTS_Y = 4,
};

/* One cell: the braille dots set in it, and whose they are (the last that drew). */
struct cell {
    unsigned char dots;
    signed char row; /* -1: nobody's */
};

struct plot {
    const struct result_workload *workload;
    const struct text_style *style;
    FILE *out;
    double top;
    int lines; /* one per name at least */
    int cells;
    struct cell cell[PLOT_ROWS_MAX][CELLS_MAX];
    int name[PLOT_ROWS_MAX]; /* the row named at the end of this line; -1: none */
};

static const struct result_curve *curve_of(const struct plot *plot, size_t row)
{
    return &plot->workload->rows[row].subjects[RECORD_PRIMARY].rss_anon_curve;
}

/* Height in dots from the bottom, or -1 where there is no value. */
static int height_at(const struct plot *plot, const struct result_curve *curve, int x)
{
    int last = plot->cells * DOTS_X - 1;
    double value = curve->median[x * (RESULT_CURVE_POINTS - 1) / last];
    if (isnan(value))
        return -1;
    return (int)fmin(floor(value / plot->top * plot->lines * DOTS_Y), plot->lines * DOTS_Y - 1);
}

static void set_dot(struct plot *plot, int x, int y, size_t row)
{
    static const unsigned char bits[DOTS_Y][DOTS_X] = {{1, 8}, {2, 16}, {4, 32}, {64, 128}};
    int from_top = plot->lines * DOTS_Y - 1 - y;
    struct cell *cell = &plot->cell[from_top / DOTS_Y][x / DOTS_X];
    cell->dots |= bits[from_top % DOTS_Y][x % DOTS_X];
    cell->row = (signed char)row;
}

static void draw_row(struct plot *plot, size_t row)
{
    const struct result_curve *curve = curve_of(plot, row);
    int before = -1;
    for (int x = 0; x < plot->cells * DOTS_X; x++) {
        int y = height_at(plot, curve, x);
        if (y < 0)
            continue;
        int from = before < 0 ? y : before;
        for (int at = from; at != y; at += y > from ? 1 : -1)
            set_dot(plot, x, at, row);
        set_dot(plot, x, y, row);
        before = y;
    }
}

static int end_height(const struct plot *plot, size_t row)
{
    return height_at(plot, curve_of(plot, row), plot->cells * DOTS_X - 1);
}

/* Each name on the line where its curve ends, the highest first, pushed apart. */
static void place_names(struct plot *plot)
{
    int order[PLOT_ROWS_MAX], line[PLOT_ROWS_MAX];
    int named = 0;
    for (size_t row = 0; row < plot->workload->row_count; row++) {
        int height = end_height(plot, row), at = named;
        if (height < 0)
            continue;
        named++;
        for (; at > 0 && end_height(plot, (size_t)order[at - 1]) < height; at--)
            order[at] = order[at - 1];
        order[at] = (int)row;
    }
    for (int i = 0; i < named; i++) {
        line[i] = plot->lines - 1 - end_height(plot, (size_t)order[i]) / DOTS_Y;
        if (i > 0 && line[i] <= line[i - 1])
            line[i] = line[i - 1] + 1;
    }
    for (int i = named, lowest = plot->lines - 1; i-- > 0; lowest = line[i] - 1) {
        line[i] = line[i] > lowest ? lowest : line[i];
        plot->name[line[i]] = order[i];
    }
}

static enum text_look look_of(int row)
{
    static const enum text_look looks[] = {LOOK_PLAIN, LOOK_YELLOW, LOOK_GREEN,
                                           LOOK_RED,   LOOK_BOLD,   LOOK_DIM};
    return looks[row % (int)(sizeof looks / sizeof looks[0])];
}

static void put_cell(const struct plot *plot, const struct cell *cell)
{
    char text[4] = " ";
    if (cell->row >= 0 && plot->style->utf8)
        (void)snprintf(text, sizeof text, "%c%c%c", 0xe2, 0xa0 | cell->dots >> 6,
                       0x80 | (cell->dots & 0x3f));
    else if (cell->row >= 0)
        text[0] = (char)('a' + cell->row);
    styled_text_print(plot->out, plot->style, cell->row < 0 ? LOOK_PLAIN : look_of(cell->row),
                      text);
}

static void put_name(const struct plot *plot, int row)
{
    char text[2 * NAME_MAX_WIDTH];
    if (row < 0)
        return;
    (void)fputc(' ', plot->out);
    (void)snprintf(text, sizeof text, "%s%.*s",
                   plot->style->utf8 ? "" : (char[]){(char)('a' + row), ' ', '\0'}, NAME_MAX_WIDTH,
                   plot->workload->rows[row].row->name);
    styled_text_print(plot->out, plot->style, look_of(row), text);
}

/* The last cell of a line that shows something: no blanks before the end of a line. */
static int last_cell(const struct plot *plot, int line)
{
    int last = plot->name[line] >= 0 ? plot->cells - 1 : -1;
    for (int i = 0; i < plot->cells; i++)
        if (plot->cell[line][i].row >= 0 && i > last)
            last = i;
    return last;
}

static void put_lines(const struct plot *plot)
{
    for (int line = 0; line < plot->lines; line++) {
        char size[32] = "";
        if (line == 0 || line == plot->lines / 2)
            (void)units_format_bytes(plot->top * (plot->lines - line) / plot->lines, size,
                                     sizeof size);
        (void)fprintf(plot->out, "%*s ", LABEL, size);
        (void)fputs(!plot->style->utf8 ? "|" : *size ? "┤" : "│", plot->out);
        for (int i = 0, last = last_cell(plot, line); i <= last; i++)
            put_cell(plot, &plot->cell[line][i]);
        put_name(plot, plot->name[line]);
        (void)fputc('\n', plot->out);
    }
    char end[48];
    int length = snprintf(end, sizeof end, " %lld cycles",
                          (long long)workload_cycles(plot->workload->workload));
    (void)fprintf(plot->out, "%*s %s", LABEL, "0 B", plot->style->utf8 ? "┼" : "+");
    for (int i = 0; i < plot->cells - length; i++)
        (void)fputs(plot->style->utf8 ? "─" : "-", plot->out);
    (void)fprintf(plot->out, "%s\n", end);
}

static bool any_rises(const struct result_workload *workload)
{
    for (size_t r = 0; r < workload->row_count; r++)
        if (workload->rows[r].valid &&
            workload->rows[r].subjects[RECORD_PRIMARY].rss_anon != SIGNAL_FLAT)
            return true;
    return false;
}

void plot_print(FILE *out, const struct text_style *style, const struct result_workload *workload)
{
    double top = curve_top(workload);
    size_t widest = 0;
    if (style->width < WIDTH_LEAST || workload->row_count > PLOT_ROWS_MAX || !(top > 0) ||
        !any_rises(workload))
        return;
    for (size_t r = 0; r < workload->row_count; r++) {
        size_t width = styled_text_width(workload->rows[r].row->name);
        widest = width > widest ? width : widest;
    }
    int names = (int)(widest > NAME_MAX_WIDTH ? NAME_MAX_WIDTH : widest) + 3;
    int lines = (int)workload->row_count;
    int room = style->width - LABEL - 2 - names;
    struct plot plot = {
        .workload = workload,
        .style = style,
        .out = out,
        .top = top,
        .lines = lines > LINES_LEAST ? lines : LINES_LEAST,
        .cells = room > CELLS_MAX ? CELLS_MAX : room,
    };
    for (int line = 0; line < plot.lines; line++) {
        plot.name[line] = -1;
        for (int i = 0; i < CELLS_MAX; i++)
            plot.cell[line][i].row = -1;
    }
    for (size_t r = workload->row_count; r-- > 0;)
        draw_row(&plot, r);
    place_names(&plot);
    (void)fputc('\n', out);
    put_lines(&plot);
}
