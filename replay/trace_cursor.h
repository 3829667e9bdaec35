/*
 * trace_cursor: the events of one stream of a trace, in its order, with names resolved.
 *
 *     struct trace_cursor cursor;
 *     trace_cursor_open(&cursor, &file, stream);
 *     while ((code = trace_cursor_next(&cursor, &event, err)) > 0) …
 *
 * Checked here: every word is whole, names are within what their stream has given, sizes and
 * alignments within the format, the clock does not fall. What needs other streams is checked by
 * trace_order.h.
 */
#pragma once

#include "trace_file.h"

enum trace_event_kind {
    TRACE_EVENT_ALLOCATED, /* malloc, calloc, aligned: block, bytes, zeroed, alignment_log2 */
    TRACE_EVENT_REALLOC,   /* old, block, bytes */
    TRACE_EVENT_FREED,     /* old */
    TRACE_EVENT_EXTENT,    /* old, bytes written, hole_bytes, behind_bytes, flags, since_ms */
    TRACE_EVENT_END,       /* calls, bytes */
    TRACE_EVENT_EXIT,      /* likewise */
    TRACE_EVENT_MARK,      /* text, text_bytes */
};

/* A block: the stream that allocated it, and the how manieth of it. */
struct trace_block_name {
    uint32_t stream;
    uint64_t sequence;
};

struct trace_event {
    enum trace_event_kind kind;
    uint64_t clock; /* the word under which it happened */
    struct trace_block_name block, old;
    uint64_t bytes;
    uint64_t hole_bytes, behind_bytes; /* what was written behind a hole; 0: nothing */
    uint64_t since_ms;
    uint64_t calls;
    const char *text; /* not ended by 0; good until the next event */
    size_t text_bytes;
    unsigned alignment_log2; /* 0: that of malloc */
    unsigned flags;
    bool zeroed;
};

struct trace_cursor {
    struct trace_file *file;
    const struct trace_stream *stream;
    uint8_t *events; /* of this chunk: a copy; NULL: none yet */
    const uint8_t *at, *end;
    size_t chunk; /* the next one, counted in the stream */
    uint64_t last, foreign, clock;
};

void trace_cursor_open(struct trace_cursor *cursor, struct trace_file *file,
                       const struct trace_stream *stream);

void trace_cursor_close(struct trace_cursor *cursor);

/* 1 with an event, 0 at the end of the stream, -EINVAL with a sentence. */
int trace_cursor_next(struct trace_cursor *cursor, struct trace_event *out, struct err *err);
