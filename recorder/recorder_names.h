/*
 * recorder_names: which block has which name. Internal.
 *
 * A two-level shadow table: a hash table finds the leaf of an address's 4 MiB, the leaf has 8 bytes
 * for every 32 of them: no two blocks begin within the same 32 (recorder_malloc.c sees to that).
 * The entry of a block belongs to who owns the block: no lock, no atomic. A word of the root holds
 * key and leaf together, so that a leaf appears in one step, also to a process that is forked
 * meanwhile.
 *
 *     name = stream << 40 | large << 39 | sequence          0: no block begins here that we know
 *
 * A large block (touch_least_bytes and more, at least RECORDER_LARGE_LEAST) covers entries that no
 * other block can begin at: they hold its size and what was seen of it (recorder_touch.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recorder_file.h"

enum {
    RECORDER_GRANULE_BITS = 5,
    RECORDER_LEAF_BITS = 22,
    RECORDER_LEAF_BYTES = 1 << (RECORDER_LEAF_BITS - RECORDER_GRANULE_BITS + 3),
    RECORDER_ROOT_BITS = 16, /* 256 GiB of heap */
    RECORDER_KEY_BITS = 36,  /* of addresses of 57 bits */
    RECORDER_STREAM_SHIFT = 40,
    RECORDER_LARGE_LEAST = 3 << RECORDER_GRANULE_BITS,

};

#define RECORDER_LARGE    (UINT64_C(1) << 39)
#define RECORDER_SEQUENCE (RECORDER_LARGE - 1)
#define RECORDER_KEY_MASK ((UINT64_C(1) << RECORDER_KEY_BITS) - 1)

_Static_assert(RECORDER_LEAF_BYTES == 1 << 20, "leaf >> 20 above 36 bits of key is one word");

extern uint64_t recorder_root[1 << RECORDER_ROOT_BITS] RECORDER_HIDDEN;

/* Memory of the recorder's own; NULL: there is none. It is mapped of /dev/zero, so that it has a
 * name in /proc/PID/maps, and is never taken for the program's; where that is not to be had (in
 * another root) it is anonymous, and counted. */
void *recorder_memory(size_t bytes) RECORDER_HIDDEN;

/* The leaf of this key, made where there is none; NULL: no memory, or no room in the root. */
uint64_t *recorder_leaf_slowly(uint64_t key, bool make) RECORDER_HIDDEN;

/* Neighbours stay neighbours: what is used together lies in few lines and pages. */
static inline uint32_t recorder_root_index(uint64_t key)
{
    return (uint32_t)(key + (key >> RECORDER_ROOT_BITS) * 0x9e37) &
           ((1U << RECORDER_ROOT_BITS) - 1);
}

/* The entry of the block at this address; NULL: none. */
static inline uint64_t *recorder_entry(const void *block, bool make)
{
    uint64_t address = (uint64_t)(uintptr_t)block;
    uint64_t key = (address >> RECORDER_LEAF_BITS) + 1;
    uint64_t word = __atomic_load_n(&recorder_root[recorder_root_index(key)], __ATOMIC_RELAXED);
    uint64_t *leaf = (uint64_t *)(uintptr_t)(word >> RECORDER_KEY_BITS << 20);
    if (__builtin_expect((word & RECORDER_KEY_MASK) != key, 0))
        leaf = recorder_leaf_slowly(key, make);
    size_t index = (address & ((1U << RECORDER_LEAF_BITS) - 1)) >> RECORDER_GRANULE_BITS;
    return leaf ? leaf + index : NULL;
}

/* Calls `each` for every entry of every leaf that holds the name of a large block. */
void recorder_names_large(void (*each)(void *context, uint64_t *entry, void *block),
                          void *context) RECORDER_HIDDEN;
