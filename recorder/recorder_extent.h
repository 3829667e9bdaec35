/*
 * recorder_extent: how far a large block was written since it was returned. Internal.
 *
 * Before the program gets it, its memory is made such that this can be seen. Its edges, up to the
 * first and from the last border of a page, are zeroed. Whole pages within it that are not resident
 * stay so; those that are, because another block was there, are
 *
 *     marked       where they are few (RECORDER_MARKED_PAGES): zeroed but for their first 8 bytes,
 *                  which are a number of the page's address. Who writes to a page from its front
 *                  writes over them, also with zeros; a copy of the page elsewhere has a wrong one
 *     taken away   (MADV_DONTNEED) where they are many, or must read as zeros (calloc)
 *
 * What is resident and not as it was marked, or not zero in an edge, was written. Where that begins
 * and ends within a page is told by what is not zero there, and of blocks of few pages a page of
 * zeros between two words that are not is a hole wherever it lies. To mark a page
 * costs 0.2 us; to take it away, and fault it in again, five times that, and more where other
 * threads run, whose processors must be told.
 *
 * That holds for private anonymous memory, which is what allocators give. Where the program locks
 * its memory all of it is resident, and nothing can be told.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recorder_file.h"

enum { RECORDER_MARKED_PAGES = 32, RECORDER_COPY_BYTES = (RECORDER_MARKED_PAGES + 3) * 4096 };

struct recorder_extent {
    size_t written;      /* from its front */
    size_t hole, behind; /* behind that; 0: nothing */
    unsigned flags;      /* TRACE_EXTENT_UNKNOWN */
};

/* `zeroed`: it must be, and is, all zeros. False: it cannot be told how far it will be written. */
bool recorder_extent_begin(uint8_t *from, size_t bytes, bool zeroed) RECORDER_HIDDEN;

/* Of a block that is ours. */
struct recorder_extent recorder_extent_measure(const uint8_t *block, size_t bytes) RECORDER_HIDDEN;

/* Of one that another thread may give back meanwhile; then what is returned means nothing. `copy`:
 * RECORDER_COPY_BYTES of ours to look at it in. So many pages of it, the last of them in part, were
 * `known_pages` when it was looked at before, without holes: only what is behind them is looked at,
 * and where that is nothing, no more is told. */
struct recorder_extent recorder_extent_look(const uint8_t *block, size_t bytes, size_t known_pages,
                                            uint8_t *copy) RECORDER_HIDDEN;
