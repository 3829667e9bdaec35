/*
 * terminal: what the parts of the report on a terminal share.
 *
 * What holds for all workloads is said once, below the last of them: the reasons behind "n/a",
 * numbered through, and remarks: what the columns mean, what the tools were.
 */
#pragma once

#include <stdio.h>

#include "cleanup.h"
#include "columns.h"
#include "footnotes.h"
#include "table.h"

enum { TERMINAL_REMARKS_MAX = 128 };

struct terminal {
    FILE *out;
    const struct text_style *style;
    struct footnotes footnotes;
    char *remarks[TERMINAL_REMARKS_MAX];
    size_t remark_count;
};

void terminal_release(struct terminal *terminal);
DEFINE_AUTO(terminal, terminal_release)

/* A paragraph, and an item of a list. */
void terminal_say(struct terminal *terminal, enum text_look look, const char *text);
void terminal_item(struct terminal *terminal, const char *text);

/* A sentence for the end; twice the same is one. */
void terminal_remark(struct terminal *terminal, const char *text);

/* "26.1", the median in this unit; "n/a" with the mark of its reason. Returns `out`. */
const char *terminal_number(struct terminal *terminal, const struct estimate *estimate, double unit,
                            char *out, size_t size);

/* A cell for what is not available. */
void terminal_missing(struct terminal *terminal, struct table *table, const char *reason);

/* Of a set the columns that a row at least can tell; what none can, terminal_untold() says below
 * the table in one line, with the reasons. */
const struct column_set *terminal_told(const struct column_set *set,
                                       const struct result_workload *workload, size_t role,
                                       struct column_choice *out);
void terminal_untold(struct terminal *terminal, const struct column_set *set,
                     const struct result_workload *workload, size_t role);

/* The headings of a table of rows: what it shows stands over their names. Then a line of it. */
void terminal_headings(struct table *table, const char *title, const struct column_set *set);
void terminal_values(struct terminal *terminal, struct table *table, const struct column_set *set,
                     const struct result_row *row, size_t role);

/* The table below an empty line; nothing where it has no row. */
void terminal_table(struct terminal *terminal, const struct table *table);

/* All reasons and remarks. */
void terminal_notes(struct terminal *terminal);
