/*
 * curve_csv: a memory curve from a CSV file, also one measured elsewhere.
 *
 *     cycle,elapsed_s,live_bytes,heap_bytes,rss_bytes
 *     8,0.051,1183744,,4521984
 *
 * The first line names the columns, in any order. Wanted are cycle, and live_bytes or rss_bytes;
 * heap_bytes is used where it is there; other columns are ignored. An empty field is "not
 * available". Numbers are finite and not negative, cycles never fall. Only the churn phase belongs
 * in the file: what is given back after it would hide a leak. Fields are not quoted.
 *
 * A trial's own samples.csv is read as the run judged it: its columns `subject`, `phase` and
 * `round_end` choose the lines (of one subject, in the churn, at ends of rounds), `rss_anon_bytes`
 * stands for rss_bytes, and heap counts as far as it is resident.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "cleanup.h"
#include "err.h"
#include "verdict.h"

enum curve_column { CURVE_CYCLE, CURVE_LIVE, CURVE_HEAP, CURVE_RSS, CURVE_COLUMN_COUNT };

struct curve_file {
    double *column[CURVE_COLUMN_COUNT]; /* NaN where not available */
    size_t count, capacity;
};

/* Read all of `file`; `name` is for messages, which are "name:line:column: what is wrong".
 * `subject` is whose lines count where there is such a column. */
int curve_csv_read(FILE *file, const char *name, const char *subject, struct curve_file *out,
                   struct err *err);

/* The curve that verdict_judge() takes; borrows. */
struct curve curve_file_curve(const struct curve_file *file);

void curve_file_release(struct curve_file *file);
DEFINE_AUTO(curve_file, curve_file_release)
