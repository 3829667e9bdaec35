/*
 * trace_order: all events of one image of a trace, in one order that can have been.
 *
 * Streams are merged by the clock word; under the same word each goes on until it needs a block
 * that another one has not returned yet. So every event comes after what must have been before it,
 * and any beginning of this order is a moment the program can have been in. This is where a trace
 * is checked as a whole: a free of nothing, a double free, a block that comes from nowhere are
 * -EINVAL with a sentence.
 *
 * A block that was inherited by fork is freed in the child for nothing here: such events are left
 * out, and counted. EXTENTs of blocks that are gone mean nothing, and are left out too; those of
 * blocks that another stream is about to get wait for them as a free does. Of a trace that was cut
 * off come the events up to where all streams are complete.
 *
 * Memory: the blocks that live (live_blocks.h), and a chunk per stream that lives.
 */
#pragma once

#include "live_blocks.h"
#include "trace_cursor.h"

struct ordered_event {
    const struct trace_event *event;
    size_t stream;            /* index into trace_order.streams */
    struct live_block *block; /* ALLOCATED, REALLOC: the new one, to be filled; EXTENT: whose */
    struct live_block old;    /* FREED, REALLOC: as it was; it lives no longer */
    bool foreign;             /* old, or the block of EXTENT, is another stream's */
};

/* Hooks return 0, or a negative errno with a sentence, which ends it. */
struct trace_order_sink {
    int (*event)(void *context, const struct ordered_event *event, struct err *err);
    /* What comes next happened under this word, a larger one than before. NULL: who cares. */
    int (*clock)(void *context, uint64_t clock, struct err *err);
    /* Nothing more comes of this stream. NULL: who cares. */
    int (*ended)(void *context, size_t stream, struct err *err);
    void *context;
};

struct trace_order_counts {
    uint64_t events; /* that allocated or freed */
    uint64_t inherited_frees;
    uint64_t foreign_frees; /* realloc counts */
    /* Streams whose END tells another number of calls or bytes than their events have up to there:
     * the recorder counted where the program called, and wrote events elsewhere. */
    uint64_t miscounted_streams;
    uint64_t last_clock;
};

struct trace_order {
    struct trace_file *file;
    const struct traced_image *image;
    struct ordered_stream *streams; /* by number; trace_order_stream() */
    size_t stream_count;
    struct live_blocks live;
    uint64_t live_bytes;
    struct trace_order_counts counts;
};

/* `image` is one of the file's. */
void trace_order_open(struct trace_order *order, struct trace_file *file,
                      const struct traced_image *image);
void trace_order_close(struct trace_order *order);
DEFINE_AUTO(trace_order, trace_order_close)

/* What stream this index is; the main one's index. */
const struct trace_stream *trace_order_stream(const struct trace_order *order, size_t index);
size_t trace_order_main(const struct trace_order *order);

/* The index of the stream with the wanted number; stream_count: it is of another image. */
size_t trace_order_find(const struct trace_order *order, uint32_t wanted);

/* Go through all of it, once. */
int trace_order_play(struct trace_order *order, const struct trace_order_sink *sink,
                     struct err *err);

/* Is what happened under this word played, or is it behind the end (trace_format.h, THE END)? All
 * of it is gone through, since it tells what was done before. */
bool trace_order_is_played(const struct trace_file *file, uint64_t clock);

/* How many events are played, without looking whether they make sense. */
int trace_order_count(struct trace_file *file, const struct traced_image *image,
                      uint64_t *out_events, struct err *err);
