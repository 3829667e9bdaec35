/*
 * threads_text: what threads cost: each row over the number of worker threads that the workloads of
 * a run have, as texts that the terminal, Markdown and the page lay out.
 */
#pragma once

#include <stddef.h>

#include "result.h"

enum { THREADS_WORKLOADS_MAX = 12, THREADS_LINES = 7, THREADS_TEXT_MAX = 640 };

/* What a line shows: "peak, MiB". */
extern const char *const threads_line_names[THREADS_LINES];

/* The workloads with worker threads, by their number. */
struct threads_table {
    const struct result_workload *workloads[THREADS_WORKLOADS_MAX];
    size_t count; /* 0: there is none */
};
void threads_table_build(const struct result *result, struct threads_table *out);

/* The median of one line, row and workload: "101"; "n/a". Returns `out`. */
const char *threads_cell(const struct threads_table *table, size_t line, size_t row,
                         size_t workload, char *out, size_t size);

/* "4 threads". Returns `out`. */
const char *threads_heading(const struct threads_table *table, size_t workload, char *out,
                            size_t size);

/* "Peak of 16 threads against 1: glibc 5.2, glibc+arena1 1.0 times." "" of one workload alone, or
 * where nothing was measured of both. Returns `out`. */
const char *threads_growth(const struct threads_table *table, char *out, size_t size);

/* What is shown, and on how many cores it was measured. Returns `out`. */
const char *threads_caption(const struct result *result, char *out, size_t size);
