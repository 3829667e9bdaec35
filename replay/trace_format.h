/*
 * trace_format: what a recorded allocation stream is, byte by byte. Shared by the recorder
 * (record/), which writes it, the packer, and whoever reads one.
 *
 * A trace holds sizes, order, threads and times: what was allocated and given back, by which
 * thread, after what. No address, no data, no call stack.
 *
 * STREAMS. A stream is what one thread did, in its own order, exactly. It has a number, from 1, in
 * the order in which streams began, unique in the file. A process that forks goes on in a stream of
 * its own in the child, which names its parent; a signal handler that interrupts the recorder
 * itself writes to one of its own. An image is one program in one process: exec begins a new one,
 * so does fork; images are numbered from 1 too.
 *
 * NAMES. Each event that returns a block (malloc, calloc, aligned, realloc) takes the next sequence
 * number of its stream, from 1. (stream, sequence) names the block from then on, whoever frees it.
 * operator new and delete are recorded as malloc, aligned and free. A realloc gives its block a new
 * name, also where it stayed in place. Failed calls, free(NULL) and the like are no events;
 * realloc(NULL, n) is a malloc, realloc(p, 0) that returns NULL is a free.
 *
 * EVENTS. An event is a word, and for some kinds operands, which are words as well. A word is a
 * prefix varint of n = 1 to 8 bytes: the lowest byte ends in n - 1 zeros and a one, and above them
 * stand, little endian, the 7 n bits of its payload. A word never begins with the byte 0: that
 * byte, where an event would begin, ends the events of a chunk. The payload of the first word is
 * value << 3 | kind (enum trace_kind), that of an operand is its value.
 *
 *     kind      value                            operands
 *     FREE      last - sequence: an own block    -
 *     MALLOC    bytes                            -
 *     CALLOC    bytes (count times size)         -
 *     REALLOC   new bytes                        REF of the old block
 *     ALIGNED   bytes                            log2 of the alignment
 *     FOREIGN   zigzag(sequence - foreign)       stream: free of another stream's block
 *     CLOCK     word - clock                     -
 *     MORE      what (enum trace_more)           as that says
 *
 *     more      operands
 *     EXTENT    REF of a block, written bytes, flags, since_ms (see TOUCH)
 *     HOLED     REF of a block, written bytes, of the hole, behind it, since_ms: likewise
 *     END       calls, requested bytes           the thread ends; of this stream, all in all
 *     EXIT      calls, requested bytes           the same, and its process ends of itself
 *     MARK      length, then so many bytes: a text of the program's own (heapchurn_mark())
 *
 * `last` is the last sequence number the stream has given, `clock` the clock word it saw last,
 * `foreign` the sequence number of the last foreign block it named in this chunk, 0 before. A REF
 * is (last - sequence) << 1 for an own block, else zigzag(sequence - foreign) << 1 | 1 and one more
 * operand, the stream. (In REALLOC, `last` is that before it takes its own name.) `calls` counts
 * MALLOC, CALLOC, REALLOC, ALIGNED, FREE and FOREIGN, `requested bytes` sums the first four: both
 * counted where the program called, not where the event was written. After END or EXIT a few events
 * may follow: destructors that run late. A stream without either was cut off: its process was
 * killed, or called _exit(2) or exec.
 *
 * A FOREIGN or REF whose stream belongs to another image frees what was inherited by fork: the
 * block of this process is a copy, and the parent's lives on.
 *
 * TIME. There is one clock word for the file: milliseconds since the recording began << 24, plus
 * bumps: each stream adds 1 for every bump_bytes of events that it writes while others live, and
 * when it begins. It never falls. A stream looks at the word before it writes an event, and CLOCK
 * stands before the event when the word has changed; by more than CLOCK can tell (6 days), a new
 * chunk begins, whose header tells it. Its values are *epochs*: what happened under a
 * smaller word happened before what happened under a larger one, but for the moment between the
 * look and the call; within an epoch the order of different streams is not known. A player that
 * lets a stream enter epoch e when all others are in epochs >= e, have ended or not yet begun
 * drifts by no more than the events of an epoch.
 *
 * Blocks that return are written after the real call, those that go before it, and the word is read
 * in between; so with v the word under which a block was returned, it is freed under a word >= v,
 * whichever stream frees it: waiting for a foreign block, or for an epoch, is always waiting for
 * something earlier in recorded time. (Only the half of a realloc that frees is written late.)
 *
 * The recorder takes time, too. original_ns_per_ms of the control page says how long the program
 * would have taken without it for what took a millisecond with it, over all of the run up to the
 * end: so much do allocators' clocks advance for a millisecond when the trace is played. How it is
 * found out stands in bench/trace/trace_facts.h.
 *
 * THE END is where the original was looked at for the last time: what a program does when its load
 * is over, and it leaves, is recorded, but nobody knows what memory it had meanwhile. Events under
 * words from end_clock on are not played. Those before it are, and EXTENTs behind it tell of their
 * blocks.
 *
 * TOUCH. What was never written takes no memory, so of blocks of at least touch_least_bytes it is
 * recorded how far they were. `written` of EXTENT: so many bytes from the block's front have been
 * written, 0 to its size. Of a block whose front was not all that was written HOLED tells where the
 * rest begins, to the word, and how long it is; where that has holes too, its whole pages were
 * moved together. (Buffers with a table behind them are such: the pages of a hole are nobody's, and
 * which page a few bytes are in depends on where an allocator puts the block.) flags:
 * TRACE_EXTENT_UNKNOWN: it could not be found out (locked memory, or a filter of system calls);
 * TRACE_EXTENT_TAIL, of recorders that knew no HOLED: the block's last page was written, too.
 *
 * EXTENT or HOLED stands in whichever stream looked, before the block's FREE, FOREIGN or REALLOC in
 * the one that gives it back, and at EXIT for all that are left. Living blocks are looked at now
 * and then, and recorded when there is more than before: then `since_ms` ago, at the last look,
 * only what the one before said (none: nothing) had been written, so that it was written within the
 * last since_ms. 0: nobody has looked before; it was written at any time since the block was
 * returned, as most are: at once. A look at a block races with a foreign free: an EXTENT for a
 * block that is gone, or one that says less than the last, means nothing. A block of that size that
 * has no EXTENT when the trace ends lived on in a process that was cut off: unknown. calloc is what
 * the program wrote, not what the allocator zeroed; after a realloc `written` includes what was
 * copied.
 *
 * CHUNKS. Events stand in chunks: a header of 64 bytes, and the events of one stream. With its
 * header a chunk can be read alone. The chunks of a stream count from 0; a missing one is a loss.
 *
 * A RAW file is what a recording writes (NAME.raw): sparse, in slots of 64 KiB. Slot 0 begins with
 * the control page; each other holds chunks one after another: the next begins at the first
 * multiple of 64 behind the byte 0 that ends the one before (trace_next_chunk()), if its magic is
 * there. Who is done with a chunk writes its checksum, then used_bytes: at the latest when its 64
 * KiB are full, 30 000 events. Who was killed meanwhile has left one whose used_bytes are 0: its
 * events end at the first byte 0, or with the slot, or before an event that is not whole, and no
 * checksum protects them. The control page has none: its writers may be killed at any time.
 *
 * A PACKED file (NAME.trace) is what is kept:
 *
 *     control page     TRACE_CONTROL_BYTES, form TRACE_PACKED, with its checksum
 *     facts            one zstd frame: JSON, UTF-8: bench/trace/trace_facts.h
 *     frames           zstd frames of whole chunks one after another without padding, used_bytes
 *                      filled in and checksum 0, about 1 MiB each before compression, never above
 *                      TRACE_FRAME_BYTES_MAX
 *     index            one zstd frame: an array of struct trace_place, one per chunk, in the order
 *                      of the file
 *     trailer          struct trace_trailer: where the index is
 *
 * Chunks stand in the order of their clocks, and those of a stream in the order of their index.
 * Each frame has zstd's content checksum. A file that was cut is read frame by frame without the
 * index, as far as it is whole.
 *
 * All numbers are little endian; byte_order of the control page says what the writer was.
 *
 * WHOLE is a trace in which lost_events and unknown_frees are 0, images_unrecorded is 0, and no
 * chunk of a stream is missing.
 *
 * Sizes, on real programs: 1.5 to 3 bytes per event, under 1 after zstd.
 */
#pragma once

#include <stdint.h>
#include <string.h>

#define TRACE_MAGIC         "HCTRACE\n" /* 8 bytes, without the final 0 */
#define TRACE_TRAILER_MAGIC "HCTREND\n"

enum {
    TRACE_VERSION = 1,
    TRACE_BYTE_ORDER = 0x01020304,
    TRACE_CHUNK_MAGIC = 0x4b4e4843, /* "CHNK" */
    TRACE_SLOT_BYTES = 65536,
    TRACE_CONTROL_BYTES = 4096,
    TRACE_FRAME_BYTES = 1 << 20,
    TRACE_FRAME_BYTES_MAX = TRACE_FRAME_BYTES + TRACE_SLOT_BYTES,
    TRACE_FACTS_BYTES_MAX = 64 << 20, /* of JSON */
    TRACE_MARK_BYTES_MAX = 255,
    TRACE_TOUCH_LEAST = 128, /* the smallest touch_least_bytes, but for 0 */
    TRACE_WORD_BYTES_MAX = 8,
    TRACE_KIND_BITS = 3,
    TRACE_CLOCK_BITS = 24, /* of bumps, below the milliseconds */
    TRACE_STREAM_BITS = 24,
    TRACE_ALIGNMENT_LOG2_MAX = 47,
    TRACE_ORIGINAL_NS_MAX = 1000000, /* per millisecond: nothing is faster when it is recorded */
};

#define TRACE_VALUE_MAX    ((UINT64_C(1) << 53) - 1) /* of an event's first word */
#define TRACE_OPERAND_MAX  ((UINT64_C(1) << 56) - 1)
#define TRACE_SEQUENCE_MAX ((UINT64_C(1) << 39) - 1)
#define TRACE_STREAM_MAX   ((UINT32_C(1) << TRACE_STREAM_BITS) - 1)

enum trace_kind {
    TRACE_FREE,
    TRACE_MALLOC,
    TRACE_CALLOC,
    TRACE_REALLOC,
    TRACE_ALIGNED,
    TRACE_FOREIGN,
    TRACE_CLOCK,
    TRACE_MORE,
};

enum trace_more {
    TRACE_EXTENT = 1,
    TRACE_END,
    TRACE_EXIT,
    TRACE_MARK,
    TRACE_HOLED,
    TRACE_MORE_COUNT,
};

enum { TRACE_EXTENT_TAIL = 1, TRACE_EXTENT_UNKNOWN = 2 };

enum trace_form { TRACE_RAW = 1, TRACE_PACKED };

/* The control page. Of a raw file it is shared by all that write; the packed one has what it was at
 * the end. What no reader needs is behind `reserved`, and 0 in a packed file. */
struct trace_control {
    char magic[8];
    uint32_t version;
    uint32_t byte_order;
    uint32_t form; /* enum trace_form */
    uint32_t slot_bytes;
    uint64_t checksum;          /* packed: trace_checksum() of the page with this field 0 */
    uint64_t began_unix_ns;     /* 0: not told */
    uint64_t touch_least_bytes; /* 0: extents were not recorded */
    uint32_t bump_bytes;
    uint32_t look_ms;       /* living big blocks are looked at about so often; 0: never */
    uint64_t lost_events;   /* no room was to be had for them */
    uint64_t unknown_frees; /* of blocks that nobody here returned; no event */
    uint64_t failed_calls;  /* that returned no block; no event */
    uint32_t images_unrecorded;
    uint32_t streams; /* the next one's number, less 1 */
    uint32_t images;
    uint32_t reserved;
    uint64_t facts_bytes;        /* packed: of the frame at TRACE_CONTROL_BYTES */
    uint64_t chunks_offset;      /* packed: of the first frame of chunks */
    uint64_t end_clock;          /* see THE END; 0: with the last event */
    uint32_t original_ns_per_ms; /* see TIME; 0: not told */
    _Alignas(64) uint64_t clock; /* the word; alone on its cache line */
    _Alignas(64) uint8_t recorder[TRACE_CONTROL_BYTES - 192];
};

enum trace_began {
    TRACE_BEGAN_MAIN = 1, /* the first thread of an image that was executed */
    TRACE_BEGAN_THREAD,
    TRACE_BEGAN_FORK,    /* the thread that forked, in the child: its main thread */
    TRACE_BEGAN_HANDLER, /* a signal handler while its thread was within the recorder */
};

struct trace_chunk {
    uint32_t magic;           /* of a raw file: written last */
    uint32_t used_bytes;      /* of events, without the byte 0 behind them */
    uint32_t stream;          /* from 1 */
    uint32_t index;           /* of the chunk in its stream */
    uint64_t first_sequence;  /* which the next block that is returned will take */
    uint64_t clock;           /* the word that was seen last before its first event */
    uint32_t image;           /* from 1 */
    uint32_t pid;             /* 0: not told */
    uint32_t began;           /* enum trace_began; the same in all chunks of a stream */
    uint32_t parent_stream;   /* FORK: that forked; HANDLER: that was interrupted; else 0 */
    uint64_t parent_sequence; /* the last that the parent had given then */
    uint64_t checksum;        /* of a raw file: trace_chunk_checksum(), never 0; 0: not done */
};

struct trace_place {
    uint64_t frame_offset; /* in the file */
    uint32_t offset;       /* of the chunk's header, in the frame */
    uint32_t used_bytes;
    uint32_t stream;
    uint32_t index;
    uint64_t clock;
};

struct trace_trailer {
    uint64_t index_offset;
    uint64_t index_bytes; /* of the zstd frame, up to the trailer */
    uint64_t chunks;
    uint64_t event_bytes; /* of all chunks, without headers */
    uint64_t checksum;    /* trace_checksum() of the trailer with this field 0 */
    uint64_t reserved[2];
    char magic[8]; /* the last 8 bytes of the file */
};

_Static_assert(sizeof(struct trace_control) == TRACE_CONTROL_BYTES, "one page");
_Static_assert(sizeof(struct trace_chunk) == 64, "events begin 64 bytes behind a chunk");
_Static_assert(sizeof(struct trace_place) == 32, "no padding");
_Static_assert(sizeof(struct trace_trailer) == 64, "no padding");

/* Where in a slot the next chunk would begin, behind one at `offset`. */
static inline uint32_t trace_next_chunk(uint32_t offset, uint32_t used_bytes)
{
    return (offset + (uint32_t)sizeof(struct trace_chunk) + used_bytes + 1 + 63) & ~UINT32_C(63);
}

static inline uint64_t trace_clock_ms(uint64_t clock)
{
    return clock >> TRACE_CLOCK_BITS;
}

static inline uint64_t trace_zigzag(int64_t value)
{
    return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}

static inline int64_t trace_unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

/* FNV-1a, 64 bits: for the few bytes that no zstd frame protects. */
static inline uint64_t trace_checksum(const void *bytes, uint64_t count)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    for (uint64_t i = 0; i < count; i++)
        /* The analyzer takes the bytes of a struct for unset.
         * NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
        sum = (sum ^ ((const uint8_t *)bytes)[i]) * UINT64_C(0x100000001b3);
    return sum;
}

enum { TRACE_LANES = 4 };

/* 32 bytes more. */
static inline void trace_mix(uint64_t lane[TRACE_LANES], const uint8_t *bytes)
{
    const uint64_t prime = UINT64_C(0x100000001b3);
    uint64_t word[TRACE_LANES];
    (void)memcpy(word, bytes, sizeof word);
    lane[0] = (lane[0] ^ word[0]) * prime; /* not in a loop: so they stay in registers */
    lane[1] = (lane[1] ^ word[1]) * prime;
    lane[2] = (lane[2] ^ word[2]) * prime;
    lane[3] = (lane[3] ^ word[3]) * prime;
}

/* Of a header, its own field taken for 0, and used_bytes of events: FNV-1a over words of 8 bytes,
 * the last ones filled up with zeros, in four lanes, since each waits for its own product: 64 KiB
 * in 3 us. Never 0. */
static inline uint64_t trace_chunk_checksum(const struct trace_chunk *chunk, const uint8_t *events)
{
    enum { STEP = TRACE_LANES * sizeof(uint64_t) };
    struct trace_chunk header = *chunk;
    uint64_t lane[TRACE_LANES] = {1, 2, 3, 4};
    uint8_t last[STEP] = {0};
    uint32_t i = 0;
    header.checksum = 0;
    for (; i < sizeof header; i += STEP)
        trace_mix(lane, (const uint8_t *)&header + i);
    for (i = 0; i + STEP <= chunk->used_bytes; i += STEP)
        trace_mix(lane, events + i);
    if (i < chunk->used_bytes) {
        (void)memcpy(last, events + i, chunk->used_bytes - i);
        trace_mix(lane, last);
    }
    uint64_t sum = 0;
    for (unsigned j = 0; j < TRACE_LANES; j++)
        sum = (sum ^ lane[j]) * UINT64_C(0x100000001b3);
    return sum ? sum : 1;
}
