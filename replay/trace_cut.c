#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "trace_edit.h"
#include "trace_write.h"

/* live_block: `note` is the block's new sequence number, `place` how far it was written (what was
 * behind a hole is moved to its front), `slot` its flags and `epoch` its alignment. */
enum { HAS_EXTENT = 1, IS_ZEROED = 2 };

struct cutting {
    struct trace_order order;
    struct trace_write *write;
    uint32_t *streams; /* new numbers, by index; 0: none yet */
    uint64_t first_ms, from_ms, to_ms;
    uint64_t end_clock; /* of the part, where it is over; 0: it is not */
    bool seen, begun;
    uint64_t events;
    size_t untold; /* of large blocks that lived when it was over, how many live on */
};

static uint32_t stream_of(struct cutting *cutting, size_t index)
{
    const struct trace_stream *old = trace_order_stream(&cutting->order, index);
    bool is_main = index == trace_order_main(&cutting->order);
    if (cutting->streams[index] == 0)
        cutting->streams[index] = trace_write_stream(
            cutting->write, &(struct trace_write_stream){
                                .image = 1,
                                .began = is_main                             ? TRACE_BEGAN_MAIN
                                         : old->began == TRACE_BEGAN_HANDLER ? TRACE_BEGAN_HANDLER
                                                                             : TRACE_BEGAN_THREAD});
    return cutting->streams[index];
}

/* The new name of a block, whose stream has one. */
static struct trace_name new_name(struct cutting *cutting, const struct live_block *block)
{
    size_t index = trace_order_find(&cutting->order, (uint32_t)(block->name >> 40));
    return (struct trace_name){stream_of(cutting, index), block->note};
}

static struct trace_name allocate(struct cutting *cutting, uint32_t stream,
                                  const struct live_block *block)
{
    struct trace_write *write = cutting->write;
    if (block->epoch > 0)
        return trace_write_aligned(write, stream, block->epoch, block->bytes);
    return block->flags & IS_ZEROED ? trace_write_calloc(write, stream, block->bytes)
                                    : trace_write_malloc(write, stream, block->bytes);
}

/* What lives when it begins. */
static void begin(struct cutting *cutting)
{
    struct live_blocks *live = &cutting->order.live;
    cutting->begun = true;
    trace_write_clock(cutting->write, UINT64_C(1));
    (void)stream_of(cutting, trace_order_main(&cutting->order));
    for (size_t i = 0; i < live->room; i++) {
        struct live_block *block = &live->table[i];
        if (block->name == 0)
            continue;
        struct trace_name name = allocate(cutting, new_name(cutting, block).stream, block);
        block->note = name.sequence;
        if (block->flags & HAS_EXTENT)
            trace_write_extent(cutting->write, name.stream, name, block->place, block->slot, 0);
    }
}

static void keep_mark(struct cutting *cutting, uint32_t stream, const struct trace_event *event)
{
    char text[TRACE_MARK_BYTES_MAX + 1];
    (void)memcpy(text, event->text, event->text_bytes);
    text[event->text_bytes] = '\0';
    trace_write_mark(cutting->write, stream, text);
}

static void keep_extent(struct trace_write *write, uint32_t stream, struct trace_name block,
                        const struct trace_event *event)
{
    if (event->behind_bytes == 0)
        trace_write_extent(write, stream, block, event->bytes, event->flags, event->since_ms);
    else
        trace_write_holed(
            write, stream, block,
            &(struct trace_runs){event->bytes, event->hole_bytes, event->behind_bytes},
            event->since_ms);
}

static void keep_event(struct cutting *cutting, const struct ordered_event *of)
{
    const struct trace_event *event = of->event;
    struct trace_write *write = cutting->write;
    uint32_t stream = stream_of(cutting, of->stream);
    bool has_block = event->kind == TRACE_EVENT_ALLOCATED || event->kind == TRACE_EVENT_REALLOC ||
                     event->kind == TRACE_EVENT_EXTENT;
    if (has_block && !of->block)
        return; /* nothing lives there */
    switch (event->kind) {
    case TRACE_EVENT_ALLOCATED:
        of->block->note = allocate(cutting, stream, of->block).sequence;
        break;
    case TRACE_EVENT_REALLOC:
        of->block->note =
            trace_write_realloc(write, stream, new_name(cutting, &of->old), event->bytes).sequence;
        break;
    case TRACE_EVENT_FREED:
        trace_write_free(write, stream, new_name(cutting, &of->old));
        break;
    case TRACE_EVENT_EXTENT:
        keep_extent(write, stream, new_name(cutting, of->block), event);
        return;
    case TRACE_EVENT_END:
    case TRACE_EVENT_EXIT:
        trace_write_end(write, stream, event->kind == TRACE_EVENT_EXIT);
        return;
    case TRACE_EVENT_MARK:
        keep_mark(cutting, stream, event);
        return;
    }
    cutting->events++;
}

static bool is_untold(const struct cutting *cutting, const struct live_block *block)
{
    uint64_t least_bytes = cutting->order.file->control.touch_least_bytes;
    return least_bytes > 0 && block->bytes >= least_bytes && block->note > 0;
}

/* How far its blocks were written may only be told when they go: behind the end of the part. */
static int end(struct cutting *cutting, uint64_t end_clock)
{
    const struct live_blocks *live = &cutting->order.live;
    struct trace_control *control = trace_write_control(cutting->write);
    cutting->end_clock = end_clock;
    for (size_t i = 0; i < live->room; i++)
        cutting->untold += live->table[i].name != 0 && is_untold(cutting, &live->table[i]);
    if (cutting->events == 0 || cutting->untold == 0)
        return -ECANCELED;
    if (control->end_clock == 0 || control->end_clock > end_clock)
        control->end_clock = end_clock;
    trace_write_clock(cutting->write, end_clock);
    return 0;
}

static int behind_end(struct cutting *cutting, const struct ordered_event *of)
{
    const struct trace_event *event = of->event;
    uint32_t main = stream_of(cutting, trace_order_main(&cutting->order));
    if (event->kind == TRACE_EVENT_EXTENT && is_untold(cutting, of->block))
        keep_extent(cutting->write, main, new_name(cutting, of->block), event);
    if (event->kind == TRACE_EVENT_FREED || event->kind == TRACE_EVENT_REALLOC)
        cutting->untold -= is_untold(cutting, &of->old);
    return cutting->untold > 0 ? 0 : -ECANCELED;
}

/* The end of the whole is that of the part, where the part begins before it. */
static void set_end(const struct cutting *cutting, uint64_t from)
{
    uint64_t end_clock = cutting->order.file->control.end_clock;
    if (end_clock > from)
        trace_write_control(cutting->write)->end_clock = end_clock - from + 2;
}

/* Before what happened under this word. */
static int on_clock(void *context, uint64_t clock, struct err *err)
{
    (void)err;
    struct cutting *cutting = context;
    if (!cutting->seen)
        cutting->first_ms = trace_clock_ms(clock);
    cutting->seen = true;
    uint64_t ms = trace_clock_ms(clock) - cutting->first_ms;
    uint64_t from = (cutting->first_ms + cutting->from_ms) << TRACE_CLOCK_BITS;
    if (cutting->end_clock > 0)
        return 0;
    if (ms >= cutting->to_ms)
        return cutting->begun
                   ? end(cutting, ((cutting->to_ms - cutting->from_ms) << TRACE_CLOCK_BITS) + 2)
                   : -ECANCELED;
    if (ms < cutting->from_ms)
        return 0;
    if (!cutting->begun) {
        begin(cutting);
        set_end(cutting, from);
    }
    trace_write_clock(cutting->write, clock - from + 2);
    return 0;
}

static int on_event(void *context, const struct ordered_event *of, struct err *err)
{
    (void)err;
    struct cutting *cutting = context;
    const struct trace_event *event = of->event;
    if (cutting->end_clock > 0)
        return behind_end(cutting, of);
    if (of->block && event->kind != TRACE_EVENT_EXTENT) {
        of->block->flags = event->zeroed ? IS_ZEROED : 0;
        of->block->epoch = event->alignment_log2;
    }
    if (cutting->begun)
        keep_event(cutting, of);
    if (of->block && event->kind == TRACE_EVENT_EXTENT) {
        of->block->flags |= HAS_EXTENT;
        of->block->place = event->bytes + event->behind_bytes;
        of->block->slot = event->flags;
    }
    return 0;
}

static int write_cut(struct cutting *cutting, const char *facts, const char *path, struct err *err)
{
    const struct trace_order_sink sink = {.event = on_event, .clock = on_clock, .context = cutting};
    int code = trace_order_play(&cutting->order, &sink, err);
    if (code < 0 && code != -ECANCELED)
        return code;
    if (cutting->events == 0)
        return err_set(err, -EINVAL, "nothing happened in that time: %s lasts %" PRIu64 " ms",
                       cutting->order.file->path,
                       trace_clock_ms(cutting->order.counts.last_clock) - cutting->first_ms);
    return trace_write_pack(cutting->write, path, facts, err);
}

int trace_edit_cut(struct trace_file *file, const struct traced_image *image, uint64_t from_ms,
                   uint64_t to_ms, const char *facts, const char *path, struct err *err)
{
    struct cutting cutting = {.from_ms = from_ms, .to_ms = to_ms, .write = trace_write_new()};
    struct trace_control *control = trace_write_control(cutting.write);
    control->touch_least_bytes = file->control.touch_least_bytes;
    control->look_ms = file->control.look_ms;
    control->original_ns_per_ms = file->control.original_ns_per_ms;
    control->lost_events = file->control.lost_events;
    control->unknown_frees = file->control.unknown_frees;
    trace_order_open(&cutting.order, file, image);
    cutting.streams = calloc(cutting.order.stream_count, sizeof *cutting.streams);
    if (!cutting.streams)
        abort();
    int code = write_cut(&cutting, facts, path, err);
    trace_write_release(cutting.write);
    trace_order_close(&cutting.order);
    free(cutting.streams);
    return code;
}
