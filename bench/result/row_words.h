/*
 * row_words: how sentences speak of some rows of a workload: which ones, and between which numbers.
 * A filter says which rows are meant; all look at the primary subject.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "result.h"

typedef bool row_filter(const struct result_row *row);

/* The filters everybody needs. "Tells live": measured, with a live counter in a block at least. */
bool row_measured(const struct result_row *row);
bool row_tells_live(const struct result_row *row);
bool row_live_grows(const struct result_row *row);
bool row_live_flat(const struct result_row *row);
bool row_rss_grows(const struct result_row *row);
bool row_is_leak(const struct result_row *row);    /* most of what grows is live */
bool row_is_several(const struct result_row *row); /* processes */

/* Do more than half of the blocks find this of the primary subject? */
bool row_has_finding(const struct result_row *row, enum finding_kind kind);

/* What is measured first of all, and the subject of this name; NULL: there is none. */
const struct result_subject *row_primary(const struct result_row *row);
const struct result_subject *row_subject(const struct result_row *row, const char *name);

size_t row_count_of(const struct result_workload *workload, row_filter *filter);

/* "glibc, tcmalloc and all rows of jemalloc": an allocator's three rows and more by one name. */
void row_say_names(FILE *out, const struct result_workload *workload, row_filter *filter);

/* "on every row" when the filter takes all that were measured, "on every row but" a few, else "on "
 * and their names. The filter takes none that was not measured. */
void row_say_where(FILE *out, const struct result_workload *workload, row_filter *filter);

/* "7.9 kB (jemalloc) to 12.6 kB (glibc)": medians over the rows of the filter that have one;
 * one value where both read the same. */
void row_say_range(FILE *out, const struct result_workload *workload, row_filter *filter,
                   enum metric_id metric, void (*say)(FILE *out, double value));

/* Values for row_say_range: "35.2 kB", "26.1 MiB". */
void row_say_per_cycle(FILE *out, double bytes);
void row_say_mib(FILE *out, double bytes);
