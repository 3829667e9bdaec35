#include "table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "wrap.h"

enum { COLUMN_GAP = 2, NAME_LEAST = 8 };

/* How a table is laid out in one place: the width of each column, 0 for one that left. */
struct layout {
    size_t width[TABLE_COLUMNS_MAX];
    bool left[TABLE_COLUMNS_MAX];
};

void table_heading(struct table *table, enum table_align align, int rank, const char *text)
{
    assert(table->heading_count < TABLE_COLUMNS_MAX);
    struct table_heading *heading = &table->headings[table->heading_count++];
    size_t upper = strcspn(text, "|");
    bool two = text[upper] == '|';
    *heading = (struct table_heading){.align = align, .rank = rank};
    if (two)
        (void)snprintf(heading->line[0], sizeof heading->line[0], "%.*s", (int)upper, text);
    (void)snprintf(heading->line[1], sizeof heading->line[1], "%s", two ? text + upper + 1 : text);
}

void table_row(struct table *table)
{
    struct table_row *rows = reallocarray(table->rows, table->row_count + 1, sizeof *table->rows);
    if (!rows)
        abort();
    table->rows = rows;
    rows[table->row_count++] = (struct table_row){0};
}

void table_cell(struct table *table, enum table_align align, enum text_look look,
                const char *format, ...)
{
    char text[TABLE_CELL_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    table_cell_at(table, table->row_count - 1, align, look, text);
}

void table_cell_at(struct table *table, size_t row, enum table_align align, enum text_look look,
                   const char *text)
{
    assert(row < table->row_count);
    struct table_row *target = &table->rows[row];
    assert(target->cell_count < TABLE_COLUMNS_MAX);
    struct table_cell *cell = &target->cells[target->cell_count++];
    *cell = (struct table_cell){.align = align, .look = look};
    (void)snprintf(cell->text, sizeof cell->text, "%s", text);
}

static size_t greater(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t column_width(const struct table *table, size_t column)
{
    size_t widest = 0;
    for (size_t line = 0; column < table->heading_count && line < TABLE_HEADING_LINES; line++)
        widest = greater(widest, styled_text_width(table->headings[column].line[line]));
    for (size_t i = 0; i < table->row_count; i++)
        if (column < table->rows[i].cell_count)
            widest = greater(widest, styled_text_width(table->rows[i].cells[column].text));
    return widest;
}

static size_t layout_width(const struct layout *layout)
{
    size_t total = 0;
    for (size_t column = 0; column < TABLE_COLUMNS_MAX; column++)
        total += layout->width[column] ? layout->width[column] + (column ? COLUMN_GAP : 0) : 0;
    return total;
}

static void lay_out(const struct table *table, struct layout *out)
{
    *out = (struct layout){.width = {0}};
    for (size_t column = 0; column < TABLE_COLUMNS_MAX; column++)
        out->width[column] = column_width(table, column);
}

size_t table_width(const struct table *table)
{
    struct layout layout;
    lay_out(table, &layout);
    return layout_width(&layout);
}

/* The next column to leave; 0 (which holds the names): none. */
static size_t next_to_leave(const struct table *table, const struct layout *layout)
{
    size_t found = 0;
    int rank = TABLE_STAYS + 1;
    for (size_t column = 1; column < table->heading_count; column++)
        if (!layout->left[column] && table->headings[column].rank >= rank) {
            found = column;
            rank = table->headings[column].rank;
        }
    return found;
}

static void fit(const struct table *table, size_t width, struct layout *layout)
{
    for (size_t column; layout_width(layout) > width && (column = next_to_leave(table, layout));) {
        layout->left[column] = true;
        layout->width[column] = 0;
    }
    size_t taken = layout_width(layout);
    if (taken > width)
        layout->width[0] = layout->width[0] > taken - width + NAME_LEAST
                               ? layout->width[0] - (taken - width)
                               : NAME_LEAST;
}

static void pad(FILE *out, size_t spaces)
{
    (void)fprintf(out, "%*s", (int)spaces, "");
}

static void print_cells(const struct table_cell *cells, size_t count, const struct layout *layout,
                        FILE *out, const struct text_style *style)
{
    size_t owed = 0; /* spaces are paid when something follows: no line ends in them */
    for (size_t column = 0; column < count; column++) {
        if (layout->left[column])
            continue;
        char room[TABLE_CELL_MAX];
        size_t width = layout->width[column];
        const char *text =
            styled_text_cut(cells[column].text, width, style->utf8, room, sizeof room);
        size_t spare = width - styled_text_width(text);
        owed += (column ? COLUMN_GAP : 0) + (cells[column].align == TABLE_RIGHT ? spare : 0);
        if (*text) {
            pad(out, owed);
            owed = 0;
            styled_text_print(out, style, cells[column].look, text);
        }
        owed += cells[column].align == TABLE_LEFT ? spare : 0;
    }
    (void)fputc('\n', out);
}

static void print_headings(const struct table *table, const struct layout *layout, FILE *out,
                           const struct text_style *style)
{
    for (size_t line = 0; line < TABLE_HEADING_LINES; line++) {
        struct table_cell cells[TABLE_COLUMNS_MAX];
        bool any = false;
        for (size_t i = 0; i < table->heading_count; i++) {
            cells[i] = (struct table_cell){.align = table->headings[i].align, .look = LOOK_BOLD};
            (void)memcpy(cells[i].text, table->headings[i].line[line], TABLE_CELL_MAX);
            any = any || (!layout->left[i] && *cells[i].text);
        }
        if (any)
            print_cells(cells, table->heading_count, layout, out, style);
    }
}

/* "not shown in 60 columns: peak, heap/live". */
static void say_what_left(const struct table *table, const struct layout *layout, FILE *out,
                          const struct text_style *style)
{
    char line[TABLE_COLUMNS_MAX * TABLE_CELL_MAX];
    size_t used = 0;
    for (size_t i = 0; i < table->heading_count && used < sizeof line; i++) {
        const char *upper = table->headings[i].line[0];
        bool parted = *upper && upper[strlen(upper) - 1] != '/';
        if (layout->left[i])
            used += (size_t)snprintf(line + used, sizeof line - used, "%s%s%s%s", used ? ", " : "",
                                     upper, parted ? " " : "", table->headings[i].line[1]);
    }
    if (used == 0)
        return;
    char sentence[sizeof line + 64];
    (void)snprintf(sentence, sizeof sentence, "not shown in %d columns: %s", style->width, line);
    wrap_print(out, style, LOOK_DIM, "", 0, sentence);
}

static bool is_empty(const struct table_row *row)
{
    for (size_t i = 0; i < row->cell_count; i++)
        if (*row->cells[i].text)
            return false;
    return true;
}

void table_print(const struct table *table, FILE *out, const struct text_style *style)
{
    struct layout layout;
    lay_out(table, &layout);
    if (table->heading_count) {
        fit(table, (size_t)style->width, &layout);
        print_headings(table, &layout, out, style);
    }
    for (size_t i = 0; i < table->row_count; i++)
        if (!is_empty(&table->rows[i]))
            print_cells(table->rows[i].cells, table->rows[i].cell_count, &layout, out, style);
    say_what_left(table, &layout, out, style);
}

void table_release(struct table *table)
{
    free(table->rows);
    *table = (struct table){0};
}
