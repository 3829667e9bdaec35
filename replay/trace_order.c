#include "trace_order.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "grow.h"

struct ordered_stream {
    struct trace_cursor cursor;
    uint64_t clock; /* its next event comes under no smaller word */
    bool has_event;
    struct trace_event event; /* the next one, where has_event */
    uint64_t calls, bytes;    /* up to it */
};

/* Streams that have something left, the one with the smallest word first. */
struct queue {
    size_t *index;
    size_t count;
};

#define ADDRESSES (UINT64_C(1) << 57) /* the most that a process has */

enum outcome { GOES_ON = 1, LATER, WAITS, ENDED }; /* beside 0 and -errno */

void trace_order_open(struct trace_order *order, struct trace_file *file,
                      const struct traced_image *image)
{
    *order = (struct trace_order){.file = file, .image = image};
    order->streams = calloc(image->streams, sizeof *order->streams);
    if (!order->streams)
        abort();
    for (size_t i = 0; i < file->stream_count; i++) {
        if (file->streams[i].image != image->number)
            continue;
        struct ordered_stream *stream = &order->streams[order->stream_count++];
        trace_cursor_open(&stream->cursor, file, &file->streams[i]);
        stream->clock = file->chunks[file->streams[i].first_chunk].clock;
    }
}

void trace_order_close(struct trace_order *order)
{
    for (size_t i = 0; i < order->stream_count; i++)
        trace_cursor_close(&order->streams[i].cursor);
    free(order->streams);
    live_blocks_release(&order->live);
    *order = (struct trace_order){.file = NULL};
}

const struct trace_stream *trace_order_stream(const struct trace_order *order, size_t index)
{
    return order->streams[index].cursor.stream;
}

size_t trace_order_main(const struct trace_order *order)
{
    for (size_t i = 0; i < order->stream_count; i++)
        if (trace_order_stream(order, i)->number == order->image->main_stream)
            return i;
    return 0;
}

static bool before(const struct trace_order *order, size_t a, size_t b)
{
    return order->streams[a].clock < order->streams[b].clock ||
           (order->streams[a].clock == order->streams[b].clock && a < b);
}

static void push(const struct trace_order *order, struct queue *queue, size_t stream)
{
    size_t at = queue->count++;
    for (; at > 0 && before(order, stream, queue->index[(at - 1) / 2]); at = (at - 1) / 2)
        queue->index[at] = queue->index[(at - 1) / 2];
    queue->index[at] = stream;
}

static size_t pop(const struct trace_order *order, struct queue *queue)
{
    size_t first = queue->index[0];
    size_t last = queue->index[--queue->count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < queue->count; at = child) {
        if (child + 1 < queue->count && before(order, queue->index[child + 1], queue->index[child]))
            child++;
        if (!before(order, queue->index[child], last))
            break;
        queue->index[at] = queue->index[child];
    }
    queue->index[at] = last;
    return first;
}

size_t trace_order_find(const struct trace_order *order, uint32_t wanted)
{
    size_t low = 0, high = order->stream_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t number = trace_order_stream(order, middle)->number;
        if (number == wanted)
            return middle;
        if (number < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return order->stream_count;
}

static int wrong(const struct trace_order *order, size_t stream, struct trace_block_name name,
                 const char *what, struct err *err)
{
    return err_set(err, -EINVAL,
                   "%s makes no sense: stream %" PRIu32 " gives back block %" PRIu64
                   " of stream %" PRIu32 ", which %s",
                   order->file->path, trace_order_stream(order, stream)->number, name.sequence,
                   name.stream, what);
}

/* What an owner has read but not been played yet is not returned yet. */
static bool is_to_come(const struct ordered_stream *owner, struct trace_block_name name)
{
    uint64_t given = owner->cursor.last;
    if (owner->has_event &&
        (owner->event.kind == TRACE_EVENT_ALLOCATED || owner->event.kind == TRACE_EVENT_REALLOC))
        given--;
    return name.sequence > given;
}

/* Take the old block out of those that live. 0; GOES_ON: the event is left out; WAITS. */
static int give_back(struct trace_order *order, struct ordered_event *event, struct err *err)
{
    const struct trace_block_name name = event->event->old;
    event->foreign = name.stream != trace_order_stream(order, event->stream)->number;
    struct live_block *old = live_blocks_find(&order->live, name);
    if (old) {
        event->old = *old;
        order->live_bytes -= old->bytes;
        live_blocks_remove(&order->live, old);
        order->counts.foreign_frees += event->foreign;
        return 0;
    }
    size_t index = trace_order_find(order, name.stream);
    if (index == order->stream_count) { /* inherited from the process that forked */
        order->counts.inherited_frees++;
        return GOES_ON;
    }
    return is_to_come(&order->streams[index], name)
               ? WAITS
               : wrong(order, event->stream, name, "was given back before", err);
}

/* 0; GOES_ON: the event is left out, since the block is gone; WAITS. */
static int find_written(struct trace_order *order, struct ordered_event *event)
{
    const struct trace_event *of = event->event;
    event->foreign = of->old.stream != trace_order_stream(order, event->stream)->number;
    event->block = live_blocks_find(&order->live, of->old);
    if (event->block) /* words of a trace have 56 bits: the sum is no smaller than its parts */
        return of->bytes + of->hole_bytes + of->behind_bytes > event->block->bytes ? GOES_ON : 0;
    size_t index = trace_order_find(order, of->old.stream);
    return index < order->stream_count && is_to_come(&order->streams[index], of->old) ? WAITS
                                                                                      : GOES_ON;
}

static int add_block(struct trace_order *order, struct ordered_event *event, struct err *err)
{
    event->block = live_blocks_add(&order->live, event->event->block);
    event->block->bytes = event->event->bytes;
    order->live_bytes += event->event->bytes;
    return order->live_bytes <= ADDRESSES
               ? 0
               : err_set(err, -EINVAL,
                         "%s makes no sense: more lives at once than there are addresses",
                         order->file->path);
}

/* Each event of a stream, once. */
static void count_call(struct trace_order *order, struct ordered_stream *stream)
{
    const struct trace_event *event = &stream->event;
    if (event->kind == TRACE_EVENT_END || event->kind == TRACE_EVENT_EXIT)
        order->counts.miscounted_streams +=
            event->calls != stream->calls || event->bytes != stream->bytes;
    if (event->kind > TRACE_EVENT_FREED)
        return;
    stream->calls++;
    if (event->kind != TRACE_EVENT_FREED)
        stream->bytes += event->bytes;
}

static int play_event(struct trace_order *order, const struct trace_order_sink *sink, size_t stream,
                      struct err *err)
{
    const struct trace_event *of = &order->streams[stream].event;
    struct ordered_event event = {.event = of, .stream = stream};
    int code = 0;
    switch (of->kind) {
    case TRACE_EVENT_EXTENT:
        code = find_written(order, &event);
        if (code != 0)
            return code == WAITS ? WAITS : 0;
        break;
    case TRACE_EVENT_FREED:
    case TRACE_EVENT_REALLOC:
        code = give_back(order, &event, err);
        if (code == WAITS || code < 0)
            return code;
        if (code == GOES_ON && of->kind == TRACE_EVENT_FREED)
            return 0;
        break;
    default:
        break;
    }
    /* realloc of what was inherited: from here on it is a block of this process. */
    struct trace_event as_malloc;
    if (code == GOES_ON) {
        as_malloc = *of;
        as_malloc.kind = TRACE_EVENT_ALLOCATED;
        event.event = &as_malloc;
    }
    if (of->kind == TRACE_EVENT_ALLOCATED || of->kind == TRACE_EVENT_REALLOC)
        code = add_block(order, &event, err);
    if (code < 0)
        return code;
    if (of->kind <= TRACE_EVENT_FREED)
        order->counts.events++;
    return sink->event(sink->context, &event, err);
}

/* One stream as far as it goes under this word. LATER, WAITS, ENDED, -errno. */
static int play_stream(struct trace_order *order, const struct trace_order_sink *sink,
                       size_t number, uint64_t clock, bool *out_progress, struct err *err)
{
    struct ordered_stream *stream = &order->streams[number];
    for (;;) {
        if (!stream->has_event) {
            int code = trace_cursor_next(&stream->cursor, &stream->event, err);
            if (code < 0)
                return code;
            if (code == 0)
                return ENDED;
            stream->has_event = true;
        }
        if (stream->event.clock > clock) {
            stream->clock = stream->event.clock;
            return LATER;
        }
        int code = play_event(order, sink, number, err);
        if (code < 0 || code == WAITS)
            return code;
        count_call(order, stream);
        stream->has_event = false;
        *out_progress = true;
    }
}

/* Nothing goes on. As a process ends one thread tells of the blocks of all, also of those that
 * others get meanwhile: of such a block nothing is told. */
static bool leave_out_extent(struct trace_order *order, const size_t *waiting, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct ordered_stream *stream = &order->streams[waiting[i]];
        if (stream->event.kind != TRACE_EVENT_EXTENT)
            continue;
        stream->has_event = false;
        return true;
    }
    return false;
}

/* All streams that have something under the smallest word. */
static int play_epoch(struct trace_order *order, const struct trace_order_sink *sink,
                      struct queue *queue, size_t *waiting, struct err *err)
{
    uint64_t clock = order->streams[queue->index[0]].clock;
    size_t count = 0;
    order->counts.last_clock = clock;
    int told = sink->clock ? sink->clock(sink->context, clock, err) : 0;
    if (told < 0)
        return told;
    while (queue->count > 0 && order->streams[queue->index[0]].clock == clock)
        waiting[count++] = pop(order, queue);
    while (count > 0) {
        bool progress = false;
        size_t left = 0;
        for (size_t i = 0; i < count; i++) {
            size_t stream = waiting[i];
            int code = play_stream(order, sink, stream, clock, &progress, err);
            if (code < 0)
                return code;
            if (code == LATER)
                push(order, queue, stream);
            else if (code == WAITS)
                waiting[left++] = stream;
            else if (sink->ended)
                code = sink->ended(sink->context, stream, err);
            if (code < 0)
                return code;
        }
        if (left > 0 && !progress && !leave_out_extent(order, waiting, left))
            return wrong(order, waiting[0], order->streams[waiting[0]].event.old,
                         "nobody had been given by then", err);
        count = left;
    }
    return 0;
}

int trace_order_play(struct trace_order *order, const struct trace_order_sink *sink,
                     struct err *err)
{
    struct queue queue = {.index = calloc(order->stream_count, sizeof *queue.index)};
    AUTO_FREE size_t *waiting = calloc(order->stream_count, sizeof *waiting);
    AUTO_FREE size_t *index = queue.index;
    if (!waiting || !index)
        abort();
    for (size_t i = 0; i < order->stream_count; i++)
        push(order, &queue, i);
    int code = 0;
    while (code == 0 && queue.count > 0 &&
           order->streams[queue.index[0]].clock < order->file->sure_clock)
        code = play_epoch(order, sink, &queue, waiting, err);
    for (size_t i = 0; code == 0 && sink->ended && i < queue.count; i++)
        code = sink->ended(sink->context, queue.index[i], err);
    return code;
}

bool trace_order_is_played(const struct trace_file *file, uint64_t clock)
{
    uint64_t end_clock = file->control.end_clock;
    return clock < file->sure_clock && (end_clock == 0 || clock < end_clock);
}

/* Does it count? Not where a fork's child gives back what its parent had. */
static bool is_played(const struct trace_file *file, const struct trace_stream *stream,
                      const struct trace_event *event)
{
    if (event->kind != TRACE_EVENT_FREED || event->old.stream == stream->number)
        return event->kind <= TRACE_EVENT_FREED;
    const struct trace_stream *owner = trace_file_stream(file, event->old.stream);
    return owner && owner->image == stream->image;
}

int trace_order_count(struct trace_file *file, const struct traced_image *image,
                      uint64_t *out_events, struct err *err)
{
    uint64_t events = 0;
    int code = 0;
    for (size_t i = 0; code == 0 && i < file->stream_count; i++) {
        struct trace_cursor cursor;
        struct trace_event event;
        if (file->streams[i].image != image->number)
            continue;
        trace_cursor_open(&cursor, file, &file->streams[i]);
        while ((code = trace_cursor_next(&cursor, &event, err)) > 0 &&
               trace_order_is_played(file, event.clock))
            events += is_played(file, &file->streams[i], &event);
        trace_cursor_close(&cursor);
        code = code > 0 ? 0 : code;
    }
    *out_events = events;
    return code;
}
