/*
 * compiled_trace: a trace as the replayer plays it: made once by compile.h from a trace file,
 * mapped by every replayer, and thrown away. It is of one machine: byte order and version are
 * checked, nothing is portable.
 *
 * The file: this header in a page of its own, then segments of words, then the tables that the
 * header points to. A segment is a run of units; it is named by the number of its first one. The
 * first segment of a lane is one unit, since most threads are short; the next ones are longer
 * (compiled_units_after).
 *
 * A *lane* is what one thread of the recorded program did, in its order: a chain of segments, each
 * a run of words of 64 bits. A word is
 *
 *     bits 0-3    what (enum compiled_op)
 *     bit  4      COMPILED_HANDED: an allocation that another lane waits for, or an operation on a
 *                 block that another lane allocates in the same epoch: wait for it
 *     bits 5-31   size in bytes, where it is below 128 MiB
 *     bits 32-63  the slot of the block: index into a table of pointers
 *
 * and words of numbers follow as compiled_op says. A slot holds NULL while it has no block, so that
 * waiting for a block is waiting for its slot; a free leaves NULL behind.
 *
 * An *epoch* is a stretch in which lanes run freely but for such waits; the next one opens when all
 * lanes that take part in this one have done their part: one of the recorder's, or several where
 * that makes no difference (compile_drift.h). A lane is told when it is by its epoch, and by words
 * of its own where the recorder's clock went on within it. A *slice* is a run of epochs; at its end
 * the counts of calls and bytes are exactly those in the table. Behind the last slice may be one
 * more epoch, in which lanes end whose threads lived when the trace ended: they live on until the
 * player closes, since allocators give back what a thread had when it ends.
 *
 * Slots: one that its own lane frees is that lane's again from the next epoch on (where there is
 * one lane alone: at once), one that another lane frees is anybody's from the next epoch on. A slot
 * is thus filled once in an epoch, so that whoever waits for it cannot take what was in it before,
 * and no two lanes use a slot without an epoch or a wait between them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define COMPILED_MAGIC "hcplay5"
enum { COMPILED_BYTE_ORDER = 0x01020304 };
enum { COMPILED_UNIT_WORDS = 64, COMPILED_UNITS_MOST = 128 }; /* 512 B; a segment, 64 KiB */
enum { COMPILED_LONGER = 16 };                                /* than the segment before it */
enum { COMPILED_SIZE_BITS = 27 };
#define COMPILED_SIZE_MAX  ((UINT64_C(1) << COMPILED_SIZE_BITS) - 1)
#define COMPILED_SLOTS_MAX UINT32_MAX
#define COMPILED_HANDED    UINT64_C(16)

/* Words after the first one stand in brackets. Touching writes a byte of each page in a range. */
enum compiled_op {
    COMPILED_HOLE,       /* never written: the file is broken */
    COMPILED_MALLOC,     /* all of it is touched */
    COMPILED_CALLOC,     /* likewise */
    COMPILED_LARGE,      /* [size, log2 of the alignment or 0 | COMPILED_ZEROED, touch] */
    COMPILED_REALLOC,    /* [size, old size, touch, slot of the old block] */
    COMPILED_FREE,       /* */
    COMPILED_FREE_LARGE, /* [size] */
    COMPILED_TOUCH,      /* [size, touch]: of a living block, later than when it was allocated */
    COMPILED_NEXT,       /* the lane goes on in the segment of this number (bits 32-63) */
    COMPILED_EPOCH,      /* what follows belongs to the epoch [number] */
    COMPILED_TIME,       /* [ns of recorded time] of what follows, where it is not the epoch's */
    COMPILED_START,      /* the thread of the lane of this number (bits 32-63) begins */
    COMPILED_END,        /* of the lane */
    COMPILED_OPS
};
#define COMPILED_ZEROED UINT64_C(256)

/* The most words of one operation; one that would not fit goes to the next segment. */
enum { COMPILED_OP_WORDS = 7 };

/* A touch is three words, and within its block: it writes the first `front` bytes, leaves out
 * `hole`, and writes `behind`. */
struct compiled_touch {
    uint64_t front, hole, behind;
};
enum { COMPILED_TOUCH_AT = 3, COMPILED_OLD_SLOT_AT = 6 }; /* words of LARGE and REALLOC */
enum { COMPILED_LATER_AT = 2 };                           /* likewise, of TOUCH */
_Static_assert(sizeof(struct compiled_touch) == 3 * sizeof(uint64_t), "words");

struct compiled_lane {
    uint32_t first_segment;
    uint32_t reserved;
    uint64_t first_epoch;
};

struct compiled_epoch {
    int64_t time_ns;            /* recorded time when it opens, from the trace's beginning */
    uint64_t first_participant; /* index into the table of participants; the last entry ends it */
};

struct compiled_slice {
    uint64_t end_epoch;   /* the first that is not of it */
    uint64_t events;      /* from the beginning, as all numbers here */
    uint64_t calls;       /* that allocated */
    uint64_t bytes;       /* that were asked for */
    uint64_t live_blocks; /* at its end */
    uint64_t live_bytes;
    int64_t time_ns; /* recorded time at its end, from the trace's beginning */
};

struct compiled_header {
    char magic[8];
    uint32_t byte_order;
    uint32_t lane_count; /* lane 0 is the main thread's */
    uint32_t slice_count;
    uint32_t unit_count;
    uint64_t slot_count;
    uint64_t epoch_count;
    uint64_t participant_count;
    uint64_t lanes_at, epochs_at, participants_at, slices_at; /* offsets in the file */
    uint64_t file_bytes;
    int64_t time_base_ns; /* CLOCK_REALTIME at the trace's beginning */
    int64_t duration_ns;
    uint64_t peak_live_bytes;
};

enum { COMPILED_SEGMENTS_AT = 4096 };
_Static_assert(sizeof(struct compiled_header) <= COMPILED_SEGMENTS_AT, "one page");

static inline uint64_t compiled_word(enum compiled_op op, uint64_t size, uint32_t slot)
{
    return (uint64_t)op | size << 5 | (uint64_t)slot << 32;
}

static inline enum compiled_op compiled_op_of(uint64_t word)
{
    return (enum compiled_op)(word & 15);
}

static inline uint64_t compiled_size_of(uint64_t word)
{
    return word >> 5 & COMPILED_SIZE_MAX;
}

static inline uint32_t compiled_slot_of(uint64_t word)
{
    return (uint32_t)(word >> 32);
}

/* Units of the segment that follows one of so many; of a lane's first one after 0. */
static inline uint32_t compiled_units_after(uint32_t units)
{
    if (units == 0)
        return 1;
    return units * COMPILED_LONGER < COMPILED_UNITS_MOST ? units * COMPILED_LONGER
                                                         : COMPILED_UNITS_MOST;
}

/* Words of an operation, the first included; 0 where there is no such operation. */
static inline unsigned compiled_words_of(enum compiled_op op)
{
    static const uint8_t words[COMPILED_OPS] = {
        [COMPILED_NEXT] = 1,       [COMPILED_MALLOC] = 1,  [COMPILED_CALLOC] = 1,
        [COMPILED_LARGE] = 6,      [COMPILED_REALLOC] = 7, [COMPILED_FREE] = 1,
        [COMPILED_FREE_LARGE] = 2, [COMPILED_TOUCH] = 5,   [COMPILED_EPOCH] = 2,
        [COMPILED_TIME] = 2,       [COMPILED_START] = 1,   [COMPILED_END] = 1,
    };
    return op < COMPILED_OPS ? words[op] : 0;
}
