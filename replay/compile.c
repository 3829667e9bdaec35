#include "compile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "compile_touch.h"

/* Lane 0 is the main stream's. */
static size_t lane_of(const struct compile *compile, size_t stream)
{
    return stream == compile->main ? 0 : stream == 0 ? compile->main : stream;
}

static int64_t time_of(const struct compile *compile)
{
    const struct trace_control *control = &compile->order.file->control;
    int64_t ms = (int64_t)(trace_clock_ms(compile->clock) - compile->first_ms);
    int64_t ns_per_ms = control->original_ns_per_ms ? control->original_ns_per_ms : CLOCK_NS_PER_MS;
    return ms * ns_per_ms;
}

static int end_epoch(struct compile *compile, struct err *err)
{
    int code = compile_touch_later(compile, err);
    compile_lanes_end_epoch(&compile->lanes);
    compile_slots_end_epoch(&compile->slots);
    compile_drift_end_epoch(&compile->drift);
    return code;
}

static void see_clock(struct compile *compile, uint64_t clock)
{
    if (!compile->begun)
        compile->first_ms = trace_clock_ms(clock);
    else if (clock > compile->clock)
        compile_drift_clock(&compile->drift);
    if (!compile->begun || clock > compile->clock)
        compile->clock = clock;
    compile->begun = true;
    compile->lanes.time_ns = time_of(compile);
}

/* It belongs to the open epoch, or to a new one. */
static int join_epoch(struct compile *compile, size_t lane, const struct ordered_event *of,
                      struct err *err)
{
    const struct trace_event *event = of->event;
    const struct drift_event about = {
        .lane = lane,
        .begins = compile->lanes.lanes[lane].epoch == 0,
        .bytes = (event->kind == TRACE_EVENT_FREED ? 0 : (int64_t)event->bytes) -
                 (event->kind == TRACE_EVENT_ALLOCATED ? 0 : (int64_t)of->old.bytes),
        .time_ns = compile->lanes.time_ns,
        .peak_bytes = compile->facts->peak_live_bytes,
    };
    int code = compile_drift_ends(&compile->drift, &about) ? end_epoch(compile, err) : 0;
    compile_drift_add(&compile->drift, &about);
    return code;
}

static int put_block(struct compile *compile, size_t lane, struct live_block *block,
                     const uint64_t *words, unsigned count, struct err *err)
{
    uint64_t place = 0;
    int code = compile_lanes_put(&compile->lanes, lane, words, count, &place, err);
    if (compiled_slot_of(words[0]) == COMPILED_SLOTS_MAX)
        code = err_set(err, -EFBIG, "more blocks live at once than can be played");
    block->slot = compiled_slot_of(words[0]);
    block->place = place;
    block->epoch = (uint32_t)compile_lanes_epoch(&compile->lanes);
    compile_touch_allocated(compile, block);
    compile->now.calls++;
    compile->now.bytes += block->bytes;
    compile->now.live_blocks++;
    compile->now.live_bytes += block->bytes;
    if (compile->now.live_bytes > compile->facts->peak_live_bytes)
        compile->facts->peak_live_bytes = compile->now.live_bytes;
    return code;
}

static int allocated(struct compile *compile, size_t lane, const struct ordered_event *of,
                     struct err *err)
{
    const struct trace_event *event = of->event;
    uint32_t slot = compile_slots_take(&compile->slots, lane);
    if (event->alignment_log2 == 0 && event->bytes <= COMPILED_SIZE_MAX &&
        !compile_touch_told(compile, event->bytes)) {
        const uint64_t word =
            compiled_word(event->zeroed ? COMPILED_CALLOC : COMPILED_MALLOC, event->bytes, slot);
        return put_block(compile, lane, of->block, &word, 1, err);
    }
    const uint64_t words[] = {compiled_word(COMPILED_LARGE, 0, slot),
                              event->bytes,
                              event->alignment_log2 | (event->zeroed ? COMPILED_ZEROED : 0),
                              event->bytes,
                              0,
                              0}; /* until it is told: all of it */
    return put_block(compile, lane, of->block, words, ARRAY_LENGTH(words), err);
}

/* A block is about to go: a touch that was to come later comes now, by whoever frees it; and who
 * allocated it in this same epoch must hand it over. */
static int before_free(struct compile *compile, size_t lane, const struct ordered_event *of,
                       uint64_t *out_handed, struct err *err)
{
    const struct live_block *old = &of->old;
    bool now = old->epoch == compile_lanes_epoch(&compile->lanes);
    bool touch = compile_touch_going(compile, old);
    *out_handed = 0;
    if (of->foreign && now) {
        *out_handed = COMPILED_HANDED;
        *compile_lanes_word(&compile->lanes, old->place) |= COMPILED_HANDED;
    }
    return touch && !*out_handed ? compile_touch_put(compile, lane, old, err) : 0;
}

static void after_free(struct compile *compile, size_t lane, const struct ordered_event *of)
{
    compile_slots_give(&compile->slots, lane, of->foreign, of->old.slot);
    compile->now.live_blocks--;
    compile->now.live_bytes -= of->old.bytes;
}

static int freed(struct compile *compile, size_t lane, const struct ordered_event *of,
                 struct err *err)
{
    const struct live_block *old = &of->old;
    uint64_t handed;
    int code = before_free(compile, lane, of, &handed, err);
    if (code < 0)
        return code;
    bool small = old->bytes <= COMPILED_SIZE_MAX;
    const uint64_t words[] = {compiled_word(small ? COMPILED_FREE : COMPILED_FREE_LARGE,
                                            small ? old->bytes : 0, old->slot) |
                                  handed,
                              old->bytes};
    code = compile_lanes_put(&compile->lanes, lane, words, small ? 1 : 2, NULL, err);
    after_free(compile, lane, of);
    return code;
}

static int reallocated(struct compile *compile, size_t lane, const struct ordered_event *of,
                       struct err *err)
{
    const struct trace_event *event = of->event;
    uint64_t handed;
    uint32_t slot = compile_slots_take(&compile->slots, lane);
    int code = before_free(compile, lane, of, &handed, err);
    if (code < 0)
        return code;
    const uint64_t words[] = {compiled_word(COMPILED_REALLOC, 0, slot),
                              event->bytes,
                              of->old.bytes,
                              event->bytes, /* until it is told: all of it */
                              0,
                              0,
                              of->old.slot};
    code = put_block(compile, lane, of->block, words, ARRAY_LENGTH(words), err);
    after_free(compile, lane, of);
    return code;
}

static int cut_slice(struct compile *compile, struct err *err)
{
    if (compile->slices_done + 1 == compile->slice_count ||
        compile->now.events * compile->slice_count <
            compile->events_planned * (compile->slices_done + 1))
        return 0;
    int code = end_epoch(compile, err);
    compile->now.end_epoch = compile_lanes_epoch(&compile->lanes);
    compile->now.time_ns = time_of(compile);
    compile->slices[compile->slices_done++] = compile->now;
    return code;
}

/* The original was not looked at any more: it is not played, but tells how far blocks of before had
 * been written. */
static void behind_end(struct compile *compile, const struct ordered_event *of)
{
    if (of->event->kind == TRACE_EVENT_EXTENT)
        compile_touch_extent(compile, of, true);
    if (of->event->kind == TRACE_EVENT_FREED || of->event->kind == TRACE_EVENT_REALLOC)
        (void)compile_touch_going(compile, &of->old);
    if (of->event->kind <= TRACE_EVENT_FREED)
        compile->facts->events_behind_end++;
}

static int on_event(void *context, const struct ordered_event *event, struct err *err)
{
    struct compile *compile = context;
    size_t lane = lane_of(compile, event->stream);
    if (!trace_order_is_played(compile->order.file, event->event->clock)) {
        behind_end(compile, event);
        return 0;
    }
    int code = 0;
    see_clock(compile, event->event->clock);
    if (event->event->kind <= TRACE_EVENT_FREED)
        code = join_epoch(compile, lane, event, err);
    if (code < 0)
        return code;
    switch (event->event->kind) {
    case TRACE_EVENT_ALLOCATED:
        code = allocated(compile, lane, event, err);
        break;
    case TRACE_EVENT_REALLOC:
        code = reallocated(compile, lane, event, err);
        break;
    case TRACE_EVENT_FREED:
        code = freed(compile, lane, event, err);
        break;
    case TRACE_EVENT_EXTENT:
        compile_touch_extent(compile, event, false);
        return 0;
    case TRACE_EVENT_END:
        compile->lanes.lanes[lane].says_end = true;
        return 0;
    default:
        return 0;
    }
    compile->now.events++;
    return code < 0 ? code : cut_slice(compile, err);
}

/* Threads of the main lane begin in it, so that it ends last. */
static int end_lane(struct compile *compile, size_t lane, struct err *err)
{
    const uint64_t word = compiled_word(COMPILED_END, 0, 0);
    compile->lanes.lanes[lane].ended = true;
    return compile_lanes_put(&compile->lanes, lane, &word, 1, NULL, err);
}

/* A thread that did not say that it ends lived on, as far as anybody knows; a signal handler says
 * nothing. */
static int on_ended(void *context, size_t stream, struct err *err)
{
    struct compile *compile = context;
    size_t lane = lane_of(compile, stream);
    bool handler = trace_order_stream(&compile->order, stream)->began == TRACE_BEGAN_HANDLER;
    if (lane == 0 || compile->lanes.lanes[lane].epoch == 0 ||
        (!handler && !compile->lanes.lanes[lane].says_end))
        return 0;
    compile_slots_end_lane(&compile->slots, lane);
    compile_drift_thread_ended(&compile->drift);
    return end_lane(compile, lane, err);
}

/* Those that lived on end in an epoch behind the last slice. */
static int end_lanes(struct compile *compile, struct err *err)
{
    int code = 0;
    for (size_t lane = 0; code == 0 && lane < compile->lanes.count; lane++)
        if (lane == 0 ||
            (compile->lanes.lanes[lane].epoch > 0 && !compile->lanes.lanes[lane].ended))
            code = end_lane(compile, lane, err);
    return code;
}

static int finish(struct compile *compile, struct err *err)
{
    const struct trace_file *file = compile->order.file;
    struct compiled_header header = {.byte_order = COMPILED_BYTE_ORDER};
    const uint32_t done = compile->slices_done;
    compile_touch_finish(compile);
    int code = end_epoch(compile, err);
    compile->now.end_epoch = compile_lanes_epoch(&compile->lanes);
    if (code == 0)
        code = end_lanes(compile, err);
    if (code == 0)
        code = compile_lanes_finish(&compile->lanes, &header, err);
    if (compile->now.end_epoch == (done > 0 ? compile->slices[done - 1].end_epoch : 0))
        compile->now.end_epoch = header.epoch_count; /* else it would be of nothing */
    compile->now.time_ns = time_of(compile);
    compile->slices[compile->slices_done++] = compile->now;
    if (code == 0)
        code = compiled_file_append(&compile->lanes.file, compile->slices,
                                    compile->slice_count * sizeof *compile->slices,
                                    &header.slices_at, err);
    if (code < 0)
        return code;
    (void)memcpy(header.magic, COMPILED_MAGIC, sizeof header.magic);
    header.slice_count = compile->slice_count;
    header.slot_count = compile->slots.count;
    header.file_bytes = compile->lanes.file.used_bytes;
    header.time_base_ns = (int64_t)file->control.began_unix_ns;
    header.duration_ns = time_of(compile);
    header.peak_live_bytes = compile->facts->peak_live_bytes;
    *compile->lanes.file.base = header;
    return 0;
}

static void tell_facts(const struct compile *compile)
{
    const struct trace_order_counts *counts = &compile->order.counts;
    struct compiled_facts *facts = compile->facts;
    facts->events = compile->now.events;
    facts->calls = compile->now.calls;
    facts->bytes = compile->now.bytes;
    facts->foreign_frees = counts->foreign_frees;
    facts->inherited_frees = counts->inherited_frees;
    facts->miscounted_streams = counts->miscounted_streams;
    facts->streams = compile->order.stream_count;
    facts->end_live_bytes = compile->now.live_bytes;
    facts->end_live_blocks = compile->now.live_blocks;
    facts->duration_ns = time_of(compile);
}

static int play(struct compile *compile, int fd, struct err *err)
{
    const struct trace_order_sink sink = {.event = on_event, .ended = on_ended, .context = compile};
    int code = compile_lanes_open(&compile->lanes, compile->order.stream_count, fd, err);
    compile_slots_open(&compile->slots, compile->order.stream_count);
    compile_drift_open(&compile->drift, compile->order.stream_count);
    if (code == 0)
        code = trace_order_play(&compile->order, &sink, err);
    if (code == 0)
        code = finish(compile, err);
    tell_facts(compile);
    return code;
}

int compile_trace(struct trace_file *file, const struct traced_image *image, uint32_t slices,
                  int fd, struct compiled_facts *out, struct err *err)
{
    struct compiled_facts facts = {0};
    struct compile compile = {.slice_count = slices, .facts = &facts};
    int code = trace_order_count(file, image, &compile.events_planned, err);
    if (code < 0)
        return code;
    if (compile.events_planned < slices)
        return err_set(err, -EINVAL,
                       "%s has %" PRIu64 " events, too few to be played in %" PRIu32 " slices",
                       file->path, compile.events_planned, slices);
    trace_order_open(&compile.order, file, image);
    compile.main = trace_order_main(&compile.order);
    compile.slices = calloc(slices, sizeof *compile.slices);
    if (!compile.slices)
        abort();
    code = play(&compile, fd, err);
    compile_slots_close(&compile.slots);
    compile_drift_close(&compile.drift);
    compile_lanes_close(&compile.lanes);
    trace_order_close(&compile.order);
    free(compile.slices);
    free(compile.later);
    if (code == 0)
        *out = facts;
    return code;
}
