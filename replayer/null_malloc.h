/*
 * null_malloc: an allocator that does nothing, for a replayer whose own cost is to be known. The
 * calls of lane.c become these where it is compiled for replay_cost.c.
 *
 * A block is a place in a stretch of the thread's own, near its beginning, so that what is touched
 * is touched already: any two blocks may be one. Blocks up to NULL_MALLOC_BYTES.
 */
#pragma once

#include <stddef.h>

#define NULL_MALLOC_BYTES ((size_t)8 << 30)

void *null_malloc(size_t bytes);
void *null_calloc(size_t count, size_t bytes);
void *null_realloc(void *block, size_t bytes);
void *null_memalign(size_t alignment, size_t bytes);
void null_free(void *block);
