#include "trace_cursor.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "trace_words.h"

void trace_cursor_open(struct trace_cursor *cursor, struct trace_file *file,
                       const struct trace_stream *stream)
{
    *cursor = (struct trace_cursor){.file = file, .stream = stream};
}

void trace_cursor_close(struct trace_cursor *cursor)
{
    free(cursor->events);
    cursor->events = NULL;
    cursor->at = cursor->end = NULL;
}

static int broken(const struct trace_cursor *cursor, const char *what, struct err *err)
{
    return err_set(err, -EINVAL, "%s makes no sense: stream %" PRIu32 ", chunk %zu, byte %td: %s",
                   cursor->file->path, cursor->stream->number, cursor->chunk - 1,
                   cursor->at - cursor->events, what);
}

/* 1: there is one, 0: there is none. */
static int next_chunk(struct trace_cursor *cursor, struct err *err)
{
    const uint8_t *events;
    if (cursor->chunk == cursor->stream->chunk_count) {
        trace_cursor_close(cursor);
        return 0;
    }
    size_t number = cursor->stream->first_chunk + cursor->chunk++;
    const struct trace_chunk_place *place = &cursor->file->chunks[number];
    int code = trace_file_chunk(cursor->file, number, &events, err);
    if (code < 0)
        return code;
    free(cursor->events);
    cursor->events = malloc((size_t)place->used_bytes + 1);
    if (!cursor->events)
        abort();
    (void)memcpy(cursor->events, events, place->used_bytes);
    cursor->at = cursor->events;
    cursor->end = cursor->events + place->used_bytes;
    cursor->foreign = 0;
    if (cursor->last + 1 != place->first_sequence)
        return broken(cursor, "it begins with another block than the chunk before it ended", err);
    if (place->clock < cursor->clock)
        return broken(cursor, "its clock goes back", err);
    cursor->clock = place->clock;
    return 1;
}

static bool word(struct trace_cursor *cursor, uint64_t *out)
{
    const uint8_t *next = trace_get_word(cursor->at, cursor->end, out);
    if (!next)
        return false;
    cursor->at = next;
    return true;
}

/* A block of this stream, `distance` before the last one. */
static bool own(const struct trace_cursor *cursor, uint64_t distance, struct trace_block_name *out)
{
    *out = (struct trace_block_name){cursor->stream->number, cursor->last - distance};
    return distance < cursor->last;
}

/* A block of another one, by its distance from the foreign block that was named before. */
static bool other(struct trace_cursor *cursor, uint64_t zigzag, struct trace_block_name *out)
{
    uint64_t stream;
    uint64_t sequence = cursor->foreign + (uint64_t)trace_unzigzag(zigzag);
    if (!word(cursor, &stream) || stream == 0 || stream > cursor->file->control.streams ||
        sequence == 0 || sequence > TRACE_SEQUENCE_MAX)
        return false;
    cursor->foreign = sequence;
    *out = (struct trace_block_name){(uint32_t)stream, sequence};
    return true;
}

static bool reference(struct trace_cursor *cursor, struct trace_block_name *out)
{
    uint64_t value;
    if (!word(cursor, &value))
        return false;
    return value & 1 ? other(cursor, value >> 1, out) : own(cursor, value >> 1, out);
}

static bool gives(struct trace_cursor *cursor, struct trace_event *out, uint64_t bytes)
{
    out->bytes = bytes;
    out->block = (struct trace_block_name){cursor->stream->number, ++cursor->last};
    return cursor->last <= TRACE_SEQUENCE_MAX;
}

static bool aligned(struct trace_cursor *cursor, struct trace_event *out, uint64_t bytes)
{
    uint64_t alignment_log2;
    if (!word(cursor, &alignment_log2) || alignment_log2 > TRACE_ALIGNMENT_LOG2_MAX)
        return false;
    out->alignment_log2 = (unsigned)alignment_log2;
    return gives(cursor, out, bytes);
}

static bool extent(struct trace_cursor *cursor, struct trace_event *out)
{
    uint64_t flags;
    out->kind = TRACE_EVENT_EXTENT;
    if (!reference(cursor, &out->old) || !word(cursor, &out->bytes) || !word(cursor, &flags) ||
        !word(cursor, &out->since_ms))
        return false;
    out->flags = (unsigned)(flags & (TRACE_EXTENT_TAIL | TRACE_EXTENT_UNKNOWN));
    return out->flags == flags;
}

static bool holed(struct trace_cursor *cursor, struct trace_event *out)
{
    out->kind = TRACE_EVENT_EXTENT;
    return reference(cursor, &out->old) && word(cursor, &out->bytes) &&
           word(cursor, &out->hole_bytes) && word(cursor, &out->behind_bytes) &&
           word(cursor, &out->since_ms);
}

static bool mark(struct trace_cursor *cursor, struct trace_event *out)
{
    uint64_t length;
    out->kind = TRACE_EVENT_MARK;
    if (!word(cursor, &length) || length > TRACE_MARK_BYTES_MAX ||
        length > (uint64_t)(cursor->end - cursor->at))
        return false;
    out->text = (const char *)cursor->at;
    out->text_bytes = length;
    cursor->at += length;
    return true;
}

static bool more(struct trace_cursor *cursor, struct trace_event *out, uint64_t what)
{
    switch (what) {
    case TRACE_EXTENT:
        return extent(cursor, out);
    case TRACE_HOLED:
        return holed(cursor, out);
    case TRACE_END:
    case TRACE_EXIT:
        out->kind = what == TRACE_END ? TRACE_EVENT_END : TRACE_EVENT_EXIT;
        return word(cursor, &out->calls) && word(cursor, &out->bytes);
    case TRACE_MARK:
        return mark(cursor, out);
    default:
        return false;
    }
}

/* Of the event whose first word was read; false: it is none. */
static bool decode(struct trace_cursor *cursor, uint64_t payload, struct trace_event *out)
{
    uint64_t value = payload >> TRACE_KIND_BITS;
    switch ((enum trace_kind)(payload & ((1U << TRACE_KIND_BITS) - 1))) {
    case TRACE_FREE:
        out->kind = TRACE_EVENT_FREED;
        return own(cursor, value, &out->old);
    case TRACE_FOREIGN:
        out->kind = TRACE_EVENT_FREED;
        return other(cursor, value, &out->old);
    case TRACE_CALLOC:
        out->zeroed = true;
        return gives(cursor, out, value);
    case TRACE_MALLOC:
        return gives(cursor, out, value);
    case TRACE_ALIGNED:
        return aligned(cursor, out, value);
    case TRACE_REALLOC:
        out->kind = TRACE_EVENT_REALLOC;
        return reference(cursor, &out->old) && gives(cursor, out, value);
    case TRACE_MORE:
        return more(cursor, out, value);
    default:
        return false;
    }
}

int trace_cursor_next(struct trace_cursor *cursor, struct trace_event *out, struct err *err)
{
    for (;;) {
        uint64_t payload;
        while (cursor->at == cursor->end) {
            int code = next_chunk(cursor, err);
            if (code <= 0)
                return code;
        }
        const uint8_t *begin = cursor->at;
        if (!word(cursor, &payload))
            return broken(cursor, "there is no whole event", err);
        if ((payload & ((1U << TRACE_KIND_BITS) - 1)) == TRACE_CLOCK) {
            if (__builtin_add_overflow(cursor->clock, payload >> TRACE_KIND_BITS, &cursor->clock))
                return broken(cursor, "its clock goes back", err);
            continue;
        }
        *out = (struct trace_event){.kind = TRACE_EVENT_ALLOCATED};
        if (!decode(cursor, payload, out)) {
            cursor->at = begin;
            return broken(cursor, "there is an event that cannot be", err);
        }
        out->clock = cursor->clock;
        return 1;
    }
}
