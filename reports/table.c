#include "table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN_GAP = 2 };

static const char *const look_codes[] = {
    [TABLE_PLAIN] = NULL, [TABLE_BOLD] = "1",    [TABLE_DIM] = "2",
    [TABLE_RED] = "31",   [TABLE_YELLOW] = "33", [TABLE_GREEN] = "32",
};

void table_row(struct table *table)
{
    struct table_row *rows = reallocarray(table->rows, table->row_count + 1, sizeof *table->rows);
    if (!rows)
        abort();
    table->rows = rows;
    rows[table->row_count++] = (struct table_row){0};
}

void table_cell(struct table *table, enum table_align align, enum table_look look,
                const char *format, ...)
{
    char text[TABLE_CELL_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    table_cell_at(table, table->row_count - 1, align, look, text);
}

void table_cell_at(struct table *table, size_t row, enum table_align align, enum table_look look,
                   const char *text)
{
    assert(row < table->row_count);
    struct table_row *target = &table->rows[row];
    assert(target->cell_count < TABLE_COLUMNS_MAX);
    struct table_cell *cell = &target->cells[target->cell_count++];
    *cell = (struct table_cell){.align = align, .look = look};
    (void)snprintf(cell->text, sizeof cell->text, "%s", text);
}

void table_span(struct table *table, const char *text)
{
    table_row(table);
    table->rows[table->row_count - 1].span = strdup(text);
}

size_t table_text_width(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static size_t column_width(const struct table *table, size_t column)
{
    size_t widest = 0;
    for (size_t i = 0; i < table->row_count; i++) {
        if (column >= table->rows[i].cell_count)
            continue;
        size_t width = table_text_width(table->rows[i].cells[column].text);
        widest = width > widest ? width : widest;
    }
    return widest;
}

size_t table_width(const struct table *table)
{
    size_t total = 0;
    for (size_t column = 0; column < TABLE_COLUMNS_MAX; column++) {
        size_t width = column_width(table, column);
        total += width ? width + (column ? COLUMN_GAP : 0) : 0;
    }
    return total;
}

static void pad(FILE *out, size_t spaces)
{
    (void)fprintf(out, "%*s", (int)spaces, "");
}

/* One code point; '?' for controls (also those of two bytes, C2 80 to C2 9F), and for what is not
 * ASCII where that cannot be shown. Returns what follows it. */
static const char *print_character(FILE *out, bool utf8, const char *text)
{
    unsigned char first = (unsigned char)text[0];
    size_t length = 1;
    while (((unsigned char)text[length] & 0xc0) == 0x80)
        length++;
    bool control = first < 0x20 || first == 0x7f || (first & 0xc0) == 0x80 ||
                   (first == 0xc2 && length == 2 && (unsigned char)text[1] < 0xa0);
    if (control || (first >= 0x80 && !utf8))
        (void)fputc('?', out);
    else
        (void)fwrite(text, 1, length, out);
    return text + length;
}

void table_print_text(FILE *out, const struct report_style *style, enum table_look look,
                      const char *text)
{
    const char *code = style->colour ? look_codes[look] : NULL;
    if (code)
        (void)fprintf(out, "\033[%sm", code);
    while (*text)
        text = print_character(out, style->utf8, text);
    if (code)
        (void)fputs("\033[0m", out);
}

static void print_cells(const struct table_row *row, const size_t *widths, FILE *out,
                        const struct report_style *style)
{
    size_t owed = 0; /* spaces are paid when something follows: no line ends in them */
    for (size_t column = 0; column < row->cell_count; column++) {
        const struct table_cell *cell = &row->cells[column];
        size_t spare = widths[column] - table_text_width(cell->text);
        owed += (column ? COLUMN_GAP : 0) + (cell->align == TABLE_RIGHT ? spare : 0);
        if (*cell->text) {
            pad(out, owed);
            owed = 0;
            table_print_text(out, style, cell->look, cell->text);
        }
        owed += cell->align == TABLE_LEFT ? spare : 0;
    }
    (void)fputc('\n', out);
}

static bool is_empty(const struct table_row *row)
{
    for (size_t i = 0; i < row->cell_count; i++)
        if (*row->cells[i].text)
            return false;
    return true;
}

void table_print(const struct table *table, FILE *out, const struct report_style *style)
{
    size_t widths[TABLE_COLUMNS_MAX];
    for (size_t column = 0; column < TABLE_COLUMNS_MAX; column++)
        widths[column] = column_width(table, column);
    for (size_t i = 0; i < table->row_count; i++) {
        const struct table_row *row = &table->rows[i];
        if (row->span) {
            pad(out, widths[0] + COLUMN_GAP);
            table_print_text(out, style, TABLE_DIM, row->span);
            (void)fputc('\n', out);
        } else if (!is_empty(row)) {
            print_cells(row, widths, out, style);
        }
    }
}

void table_release(struct table *table)
{
    for (size_t i = 0; i < table->row_count; i++)
        free(table->rows[i].span);
    free(table->rows);
    *table = (struct table){0};
}
