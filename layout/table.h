/*
 * table: columns aligned for a terminal.
 *
 *     AUTO(table) struct table table = {0};
 *     table_heading(&table, TABLE_LEFT, TABLE_STAYS, "row");
 *     table_heading(&table, TABLE_RIGHT, 1, "RSS|B/cycle");
 *     table_row(&table);
 *     table_cell(&table, TABLE_LEFT, LOOK_PLAIN, "%s", name);
 *     table_print(&table, out, style);
 *
 * A column is as wide as its widest cell, and columns stand two spaces apart. Where a table with
 * headings is wider than the style, columns leave until it fits, and a line below it says which:
 * first the one of the highest rank, of several the last. What stays and is still too wide has the
 * names in its first column cut. Without headings nothing leaves and nothing is cut. A row of empty
 * cells is not printed.
 *
 * Widths and looks are those of styled_text.h.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "cleanup.h"
#include "styled_text.h"

enum table_align { TABLE_LEFT, TABLE_RIGHT };

enum { TABLE_COLUMNS_MAX = 16, TABLE_CELL_MAX = 128, TABLE_HEADING_LINES = 2, TABLE_STAYS = 0 };

struct table_heading {
    enum table_align align;
    int rank;
    char line[TABLE_HEADING_LINES][TABLE_CELL_MAX]; /* the first may be empty */
};

struct table_cell {
    enum table_align align;
    enum text_look look;
    char text[TABLE_CELL_MAX];
};

struct table_row {
    size_t cell_count;
    struct table_cell cells[TABLE_COLUMNS_MAX];
};

struct table {
    struct table_heading headings[TABLE_COLUMNS_MAX];
    size_t heading_count;
    struct table_row *rows;
    size_t row_count;
};

/* Over the next column; '|' parts its two lines. A `rank` of TABLE_STAYS never leaves. */
void table_heading(struct table *table, enum table_align align, int rank, const char *text);

void table_row(struct table *table);
void table_cell(struct table *table, enum table_align align, enum text_look look,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Add one more cell to an earlier row. */
void table_cell_at(struct table *table, size_t row, enum table_align align, enum text_look look,
                   const char *text);

size_t table_width(const struct table *table);
void table_print(const struct table *table, FILE *out, const struct text_style *style);
void table_release(struct table *table);
DEFINE_AUTO(table, table_release)
