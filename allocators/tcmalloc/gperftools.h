/*
 * gperftools: what tcmalloc and tcmalloc_minimal have in common, that is everything but the heap
 * profiler. Statistics are parsed from MallocExtension_GetStats(): one consistent snapshot, four
 * times cheaper than nine numeric properties, and the only place where metadata stands.
 *
 *   live       "Bytes in use by application": exact, size-class rounded
 *   heap       "Virtual address space used" less metadata and "Bytes released to OS"
 *   resident   "Actual memory used", which counts untouched pages too
 *   cached     page heap, central, transfer and thread caches
 */
#pragma once

#include "allocator.h"
#include "gperftools_knobs.h"

/* In a row: what both say and can do. */
#define GPERFTOOLS_ROW                                                                    \
    .package = "libgoogle-perftools-dev", .shows_itself = "MALLOCSTATS=1",                \
    .shows_itself_when = "statistics when the program ends", .owns = gperftools_owns,     \
    .version = gperftools_version, .stats = gperftools_stats,                             \
    .unavailable = gperftools_unavailable, .options = gperftools_options,                 \
    .release = gperftools_release, .release_call = "MallocExtension_ReleaseFreeMemory()", \
    .release_reach = "the page heap; the caches of other threads (32 MiB at most) stay",  \
    .live_at_exit = gperftools_live_at_exit, .detail = gperftools_detail,                 \
    .knobs = gperftools_knobs

const void *gperftools_api(void);
bool gperftools_owns(const void *pointer);
int gperftools_version(char *out, size_t size);
int gperftools_stats(struct allocator_stats *out);
const char *gperftools_unavailable(enum allocator_stat stat);
void gperftools_options(allocator_option_fn *emit, void *context);
void gperftools_release(void);
int gperftools_live_at_exit(struct allocator_leftover *out);
int gperftools_detail(const char *path);
