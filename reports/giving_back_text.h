/*
 * giving_back_text: what goes back to the system, as texts that the terminal, Markdown and the page
 * lay out. The numbers are giving_back_columns (columns.h).
 */
#pragma once

#include <stddef.h>

#include "result.h"

extern const char giving_back_caption[]; /* what those columns mean */

/* "glibc: malloc_trim(0), called by the main thread, reaches all arenas." For the first row of each
 * allocator and call; for the caller to free. NULL: the row has nothing new to say. */
char *giving_back_call(const struct result_workload *workload, size_t row);

/* Moments of the quiet time, in seconds, at which anonymous RSS is shown. */
enum { GIVING_BACK_MOMENTS = 8 };
extern const double giving_back_moments[GIVING_BACK_MOMENTS];
extern const char giving_back_curve_caption[];

/* How many of them the longest quiet time of the rows reaches; 0: too short to be worth a table. */
size_t giving_back_moment_count(const struct result_workload *workload);
