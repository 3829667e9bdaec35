/*
 * live_blocks: the blocks that live at one point of a trace, by name: a hash table with open
 * addressing, since going through a trace is little else than asking it. 48 bytes per block and
 * half as much again for room; memory follows the blocks that live, not the events.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "trace_cursor.h"

/* What is known of a block, and room for what a reader of the trace wants to know later. */
struct live_block {
    uint64_t name; /* stream << 40 | sequence; 0: no block */
    uint64_t bytes;
    uint64_t note; /* the reader's, from here on */
    uint64_t place;
    uint32_t slot;
    uint32_t epoch;
    uint32_t flags;
};

struct live_blocks {
    struct live_block *table;
    size_t room; /* a power of two */
    size_t count;
};

void live_blocks_release(struct live_blocks *blocks);
DEFINE_AUTO(live_blocks, live_blocks_release)

/* NULL: it does not live. Good until the next one is added or removed. */
struct live_block *live_blocks_find(const struct live_blocks *blocks, struct trace_block_name name);

/* A new one, all zero but its name; NULL: it is there already. Aborts when out of memory. */
struct live_block *live_blocks_add(struct live_blocks *blocks, struct trace_block_name name);

void live_blocks_remove(struct live_blocks *blocks, struct live_block *block);
