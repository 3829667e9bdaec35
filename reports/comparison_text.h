/*
 * comparison_text: rows against each other, as texts that the terminal, Markdown and the page lay
 * out.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "compare_metrics.h"

struct result_workload;

enum { COMPARISON_TEXT_MAX = 64 };

/* Headings, in the order of compared_metrics. */
extern const char *const comparison_titles[COMPARED_METRICS];

/* Is compared_metrics[index] shown? Not what does not exist under the load. */
bool comparison_shown(const struct result_workload *workload, size_t index);

/* The row that others are held against first: what the recommendation refers to. */
size_t comparison_reference(const struct result_workload *workload);

/* "0.73", "1.00": two decimals, since differences of a few per cent count. Returns `out`. */
const char *comparison_ratio(const struct comparison *pair, char *out, size_t size);

/* "0.70-0.76" with this dash; empty where blocks do not pair. Returns `out`. */
const char *comparison_interval(const struct comparison *pair, const char *dash, char *out,
                                size_t size);

/* "better", "worse", "same"; empty where it is undecided. */
const char *comparison_word(const struct comparison *pair);

/* "Other pairs: mimalloc is worse than jemalloc, jemalloc+prof in end, quiet; than glibc in CPU.":
 * all that differ, but for those with row `reference`; of many rows those of the one that the
 * recommendation speaks of. For the caller to free; NULL: none does. */
enum { COMPARISON_ALL_ROWS_MAX = 6 };
char *comparison_others(const struct result_workload *workload, size_t reference);
