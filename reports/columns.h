/*
 * columns: which numbers the tables for people show, in which unit. The terminal and the Markdown
 * report lay out the same rows.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "result.h"

struct column {
    const char *heading; /* as table_heading() takes it */
    const char *label;   /* the same on one line, with the unit */
    enum metric_id metric;
    double unit;   /* the metric is divided by this */
    int rank;      /* table.h: which leave where there is little room */
    bool interval; /* beside the median half the 95 % interval over blocks */
};

struct column_set {
    const struct column *columns;
    size_t count;
};

extern const struct column_set memory_columns; /* of the primary subject */
extern const struct column_set growth_columns;
extern const struct column_set cost_columns;        /* and what the heap is, beside what is live */
extern const struct column_set kernel_columns;      /* faults, switches, huge pages, time */
extern const struct column_set other_columns;       /* of each other subject */
extern const struct column_set giving_back_columns; /* of the primary one, around the call */

enum { COLUMNS_MAX = 9 };

/* Those of a set that a workload can have: what does not exist under its load is left out. CPU time
 * is per 1000 cycles, or, where one takes 10 ms and more, per cycle. */
struct column_choice {
    struct column columns[COLUMNS_MAX];
    struct column_set set;
};
const struct column_set *columns_choose(const struct column_set *set,
                                        const struct result_workload *workload, size_t role,
                                        struct column_choice *out);

enum { CELL_TEXT_MAX = 96 };

/* "26.1"; "n/a" for what is not available. */
const char *cell_median(const struct column *column, const struct estimate *estimate, char *out,
                        size_t size);

/* What stands in a cell: the median, "36100 ±120" with the interval where the column has it; where
 * only what is kept and what is outside together is told, "≤1.16" and "≥5.78". "n/a" otherwise. */
const char *cell_value(const struct column *column, const struct result_subject *subject, bool utf8,
                       char *out, size_t size);

/* "25.9–26.4", or "25.9-26.4" in ASCII (".." where a number is negative); one number where both
 * ends read the same. */
const char *cell_range(const struct column *column, const struct estimate *estimate, bool utf8,
                       char *out, size_t size);

/* "leak, high", and "leak, high, 2 of 3" where not all trials agree; "n/a" with no valid trial. */
const char *cell_verdict(const struct result_row *row, size_t role, char *out, size_t size);

/* "14 of 15". */
const char *cell_valid_trials(const struct result *result, const struct result_workload *workload,
                              char *out, size_t size);

/* Columns up to this rank are those whose ranges are said where there is room for few. */
enum { COLUMN_KEY_RANK = 2 };

/* Do its blocks lie more than COLUMN_SPREAD of the median apart? */
#define COLUMN_SPREAD 0.05
bool cell_spreads(const struct estimate *estimate);

/* The highest point of the primary subject's curves on all rows: one scale for all sparklines. */
double curve_top(const struct result_workload *workload);
