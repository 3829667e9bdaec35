/*
 * malloc_share: how much of a program's anonymous memory malloc serves: what it holds (live) and
 * what its allocator keeps for it. The rest is the program's own: the heap of a run-time that maps
 * it by itself, mappings, stacks. What another allocator can change is in that share at most.
 *
 * Measured: redis 84 %, python3 27 %, node 22 %, java 10 to 15 %.
 */
#pragma once

#include "result.h"

/* Below it, a comparison of allocators is about the lesser part. */
#define MALLOC_SHARE_SMALL 0.5

/* From bytes at one moment; NaN where one of them is not known (negative). */
double malloc_share_of(int64_t rss_anon_bytes, int64_t live_bytes, int64_t heap_bytes);

/* Of a row at the end of the load; NaN: its allocator does not tell what is live, or kept. */
double malloc_share(const struct result_row *row);

/* "its own: V8's heap", and what bounds it, of a program whose run-time is known by its name; else
 * "its own". */
const char *malloc_share_rest(const char *program);
const char *malloc_share_hint(const char *program); /* a sentence; NULL: none is known */

/* "V8's heap", where the program of these rows is the user's and has such a heap; NULL. */
const char *malloc_share_heap(const struct result_workload *workload, const char **out_hint);

/* One or two sentences over all rows of a program of the user's; NULL: no row tells, or the
 * programs are ours. The caller frees. */
char *malloc_share_text(const struct result_workload *workload);

/* The largest over the rows; NaN. */
double malloc_share_most(const struct result_workload *workload);
