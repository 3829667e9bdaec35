#include "lane.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Behind the longest segment a page of zeros: words that run on are a hole. */
enum {
    PAGE = 4096,
    WORDS_BYTES = COMPILED_UNITS_MOST * COMPILED_UNIT_WORDS * sizeof(uint64_t) + PAGE,
};

static bool read_segment(struct lane *lane, uint64_t number)
{
    lane->units = compiled_units_after(lane->units);
    lane->at = lane->words;
    return compiled_map_read(lane->map, number, lane->units, lane->words);
}

int lane_open(struct lane *lane, const struct compiled_map *map, uint32_t number,
              _Atomic(void *) *slots)
{
    void *words =
        mmap(NULL, WORDS_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (words == MAP_FAILED)
        return -errno;
    *lane = (struct lane){.map = map, .slots = slots, .words = words};
    return read_segment(lane, map->lanes[number].first_segment) ? 0 : -EIO;
}

void lane_close(struct lane *lane)
{
    if (lane->words)
        (void)munmap(lane->words, WORDS_BYTES);
    lane->words = NULL;
}

void lane_forget(const struct lane *lane)
{
    if (lane->words)
        (void)madvise(lane->words, WORDS_BYTES, MADV_DONTNEED);
}

static inline void write_byte(char *at)
{
    *(volatile char *)at = 1;
}

/* A byte of each page of the first `length`. */
static inline void touch(char *block, uint64_t length)
{
    for (uint64_t at = 0; at < length; at += PAGE)
        write_byte(block + at);
    if (length > 0)
        write_byte(block + length - 1);
}

/* `told` is a struct compiled_touch. False: it is not within the block. */
static inline bool touch_as_told(char *block, uint64_t size, const uint64_t *told)
{
    const uint64_t front = told[0], hole = told[1], behind = told[2];
    if (front > size || hole > size - front || behind > size - front - hole)
        return false;
    touch(block, front);
    touch(block + front + hole, behind);
    return true;
}

static inline bool has_slot(const struct lane *lane, uint64_t slot)
{
    return slot < lane->map->header->slot_count;
}

/* The block of a slot, which is empty then; NULL: it is not there yet, or never will be. An empty
 * slot is not written to: another lane may be about to fill it. */
static inline void *take(struct lane *lane, uint32_t number)
{
    _Atomic(void *) *slot = &lane->slots[number];
    void *block = atomic_load_explicit(slot, memory_order_acquire);
    if (__builtin_expect(block != NULL, 1))
        atomic_store_explicit(slot, NULL, memory_order_relaxed);
    return block;
}

/* What is not there: another lane brings it, or else the words are wrong. */
static enum lane_stop await(struct lane *lane, uint32_t slot, uint64_t word)
{
    lane->slot = slot;
    return word & COMPILED_HANDED ? LANE_AWAITS : LANE_BROKEN;
}

static enum lane_stop no_memory(struct lane *lane, uint64_t bytes, unsigned shift)
{
    lane->wanted_bytes = bytes;
    lane->wanted_alignment = shift > 0 ? UINT64_C(1) << shift : 0;
    return LANE_NO_MEMORY;
}

/* A new block is there, in its slot. */
static inline enum lane_stop put(struct lane *lane, uint64_t word, void *block, uint64_t size)
{
    _Atomic(void *) *slot = &lane->slots[compiled_slot_of(word)];
    lane->counts.calls++;
    lane->counts.bytes += size;
    if (__builtin_expect(word & COMPILED_HANDED, 0)) {
        atomic_store_explicit(slot, block, memory_order_release);
        lane->hands = true;
    } else {
        atomic_store_explicit(slot, block, memory_order_relaxed);
    }
    return LANE_GOES_ON;
}

static inline enum lane_stop allocate(struct lane *lane, uint64_t word, bool zeroed)
{
    uint64_t size = compiled_size_of(word);
    char *block = zeroed ? calloc(1, size) : malloc(size);
    if (__builtin_expect(!block, 0))
        return no_memory(lane, size, 0);
    touch(block, size);
    return put(lane, word, block, size);
}

static enum lane_stop allocate_large(struct lane *lane, const uint64_t *word)
{
    uint64_t size = word[1];
    unsigned shift = (unsigned)(word[2] & 63);
    bool zeroed = word[2] & COMPILED_ZEROED;
    char *block = shift > 0 ? memalign((size_t)1 << shift, size)
                  : zeroed  ? calloc(1, size)
                            : malloc(size);
    if (!block)
        return no_memory(lane, size, shift);
    bool within = touch_as_told(block, size, word + COMPILED_TOUCH_AT);
    enum lane_stop stop = put(lane, word[0], block, size);
    return within ? stop : LANE_BROKEN;
}

static enum lane_stop reallocate(struct lane *lane, const uint64_t *word)
{
    uint64_t size = word[1];
    const uint64_t old_slot = word[COMPILED_OLD_SLOT_AT];
    if (!has_slot(lane, old_slot))
        return LANE_BROKEN;
    void *old = take(lane, (uint32_t)old_slot);
    if (!old)
        return await(lane, (uint32_t)old_slot, COMPILED_HANDED);
    char *block = realloc(old, size > 0 ? size : 1); /* 0: some give it back */
    if (!block)
        return no_memory(lane, size, 0);
    lane->counts.freed_blocks++;
    lane->counts.freed_bytes += word[2];
    bool within = touch_as_told(block, size, word + COMPILED_TOUCH_AT);
    enum lane_stop stop = put(lane, word[0], block, size);
    return within ? stop : LANE_BROKEN;
}

static inline enum lane_stop release(struct lane *lane, uint64_t word, uint64_t size)
{
    void *block = take(lane, compiled_slot_of(word));
    if (__builtin_expect(!block, 0))
        return await(lane, compiled_slot_of(word), word);
    free(block);
    lane->counts.freed_blocks++;
    lane->counts.freed_bytes += size;
    return LANE_GOES_ON;
}

static enum lane_stop touch_later(struct lane *lane, const uint64_t *word)
{
    char *block = atomic_load_explicit(&lane->slots[compiled_slot_of(*word)], memory_order_acquire);
    return block && touch_as_told(block, word[1], word + COMPILED_LATER_AT) ? LANE_GOES_ON
                                                                            : LANE_BROKEN;
}

/* What is not an operation on one slot. */
static enum lane_stop direct(struct lane *lane, const uint64_t *word)
{
    switch (compiled_op_of(*word)) {
    case COMPILED_NEXT:
        return read_segment(lane, compiled_slot_of(*word)) ? LANE_GOES_ON : LANE_BROKEN;
    case COMPILED_EPOCH:
        lane->epoch = word[1];
        return LANE_EPOCH;
    case COMPILED_TIME:
        lane->time_ns = (int64_t)word[1];
        return LANE_TIME;
    case COMPILED_START:
        lane->started = compiled_slot_of(*word);
        return lane->started < lane->map->header->lane_count ? LANE_START : LANE_BROKEN;
    case COMPILED_END:
        return LANE_ENDED;
    default:
        return LANE_BROKEN;
    }
}

static inline enum lane_stop step(struct lane *lane, const uint64_t *word)
{
    enum compiled_op op = compiled_op_of(*word);
    if (op >= COMPILED_NEXT)
        return direct(lane, word);
    if (__builtin_expect(!has_slot(lane, compiled_slot_of(*word)), 0))
        return LANE_BROKEN;
    switch (op) {
    case COMPILED_MALLOC:
        return allocate(lane, *word, false);
    case COMPILED_CALLOC:
        return allocate(lane, *word, true);
    case COMPILED_LARGE:
        return allocate_large(lane, word);
    case COMPILED_REALLOC:
        return reallocate(lane, word);
    case COMPILED_FREE:
        return release(lane, *word, compiled_size_of(*word));
    case COMPILED_FREE_LARGE:
        return release(lane, *word, word[1]);
    case COMPILED_TOUCH:
        return touch_later(lane, word);
    default:
        return LANE_BROKEN;
    }
}

/* An operation that waits is begun again; after any other stop the lane stands behind it. */
enum lane_stop lane_play(struct lane *lane)
{
    enum lane_stop stop = LANE_GOES_ON;
    while (stop == LANE_GOES_ON) {
        const uint64_t *word = lane->at;
        lane->at += compiled_words_of(compiled_op_of(*word));
        stop = step(lane, word);
        if (stop == LANE_AWAITS)
            lane->at = word;
    }
    return stop;
}
