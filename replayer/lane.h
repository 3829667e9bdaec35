/*
 * lane: the operations of one thread of a compiled trace, carried out one after the other.
 *
 * lane_play() does what the words say until something is needed that is not its own: the next epoch
 * must open, a block of another lane must be there, a thread is to begin. It knows no threads and
 * never waits, so that a lane is played by a thread of its own (ensemble.h), or many by one.
 *
 * The words of the segment it is in are in memory of its own, which is shared memory, so that none
 * of it is anonymous.
 *
 * Memory: a word is believed only as far as it cannot do harm. Segments and slots are within their
 * tables, a slot holds NULL or what the allocator returned, a touch stays within the size that was
 * asked for in the same operation, and of a living block within the size the compiler wrote with
 * it.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "compiled_map.h"

enum lane_stop {
    LANE_GOES_ON, /* never returned */
    LANE_EPOCH,   /* `epoch` must be open; what was of the one before is done */
    LANE_TIME,    /* what follows happened at `time_ns` */
    LANE_AWAITS,  /* the block of `slot` is not there yet */
    LANE_START,   /* the thread of lane `started` begins; this one goes on */
    LANE_ENDED,
    LANE_NO_MEMORY, /* the allocator returned none: `wanted_bytes` */
    LANE_BROKEN,    /* the words make no sense */
};

/* Exact when the lane stands still. */
struct lane_counts {
    uint64_t calls; /* that allocated; realloc is one */
    uint64_t bytes; /* that they asked for */
    uint64_t freed_blocks, freed_bytes;
};

struct lane {
    const struct compiled_map *map;
    _Atomic(void *) *slots;
    const uint64_t *at;
    uint64_t *words; /* of the segment it is in; NULL: it has not begun, or has ended */
    uint32_t units;  /* so long is that */
    struct lane_counts counts;
    uint64_t epoch;
    int64_t time_ns;
    uint64_t wanted_bytes, wanted_alignment; /* 0: as malloc aligns */
    uint32_t slot;
    uint32_t started;
    bool
        hands; /* somebody may be waiting for blocks that are there now; cleared by who told them */
};

/* Before its first operation. -errno: no memory for its words; they cannot be read. */
int lane_open(struct lane *lane, const struct compiled_map *map, uint32_t number,
              _Atomic(void *) *slots);
/* What it has counted stays. */
void lane_close(struct lane *lane);

enum lane_stop lane_play(struct lane *lane);

/* Let go of the pages of its words, which stay (ensemble_forget). Not while it is played. */
void lane_forget(const struct lane *lane);
