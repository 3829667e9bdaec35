#include "trace_summary.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

/* live_block: `slot` and `epoch` are the halves of how far it was written, and flags: */
enum { EXTENT_KNOWN = 1 };

struct counting {
    struct trace_summary *out;
    struct trace_order order;
    struct summary_class live[SUMMARY_CLASSES]; /* by size, now */
    uint64_t live_bytes, live_blocks;
    uint64_t now_ms;
    uint64_t threads;
    struct summary_bin last; /* what was live and ran after the last event */
    bool *began;             /* by stream */
    bool begun, at_peak;
};

unsigned summary_class_of(uint64_t value)
{
    return value == 0 ? 0 : (unsigned)(64 - __builtin_clzll(value));
}

uint64_t summary_class_least(unsigned number)
{
    return number == 0 ? 0 : UINT64_C(1) << (number - 1);
}

static void count(struct summary_class *classes, uint64_t value, uint64_t bytes)
{
    struct summary_class *of = &classes[summary_class_of(value)];
    of->blocks++;
    of->bytes += bytes;
}

static void halve_bins(struct trace_summary *out)
{
    for (size_t i = 0; i < SUMMARY_BINS / 2; i++) {
        const struct summary_bin *a = &out->bins[2 * i];
        const struct summary_bin *b = &out->bins[2 * i + 1];
        out->bins[i] = (struct summary_bin){
            .events = a->events + b->events,
            .live_max_bytes =
                a->live_max_bytes > b->live_max_bytes ? a->live_max_bytes : b->live_max_bytes,
            .threads_max = a->threads_max > b->threads_max ? a->threads_max : b->threads_max};
    }
    (void)memset(&out->bins[SUMMARY_BINS / 2], 0, sizeof out->bins / 2);
    out->bin_ms *= 2;
    out->bin_count = (out->bin_count + 1) / 2;
}

static void count_in_time(struct counting *counting)
{
    struct trace_summary *out = counting->out;
    uint64_t elapsed_ms = counting->now_ms - counting->out->first_ms;
    while (elapsed_ms / out->bin_ms >= SUMMARY_BINS)
        halve_bins(out);
    const size_t number = (size_t)(elapsed_ms / out->bin_ms);
    struct summary_bin *bin = &out->bins[number];
    if (out->bin_count == 0)
        out->bin_count = 1;
    while (out->bin_count <= number) /* in some nothing happens */
        out->bins[out->bin_count++] = counting->last;
    bin->events++;
    counting->last = (struct summary_bin){.live_max_bytes = counting->live_bytes,
                                          .threads_max = counting->threads};
    if (counting->live_bytes > bin->live_max_bytes)
        bin->live_max_bytes = counting->live_bytes;
    if (counting->threads > bin->threads_max)
        bin->threads_max = counting->threads;
}

/* What is live is only looked at when it begins to fall. */
static void keep_peak(struct counting *counting)
{
    if (!counting->at_peak)
        return;
    counting->at_peak = false;
    (void)memcpy(counting->out->at_peak, counting->live, sizeof counting->live);
}

static void add(struct counting *counting, struct live_block *block)
{
    struct trace_summary *out = counting->out;
    block->note = out->bytes;
    block->place = counting->now_ms;
    out->allocations++;
    out->bytes += block->bytes;
    count(out->size, block->bytes, block->bytes);
    count(counting->live, block->bytes, block->bytes);
    counting->live_bytes += block->bytes;
    counting->live_blocks++;
    if (counting->live_bytes > out->peak_bytes) {
        out->peak_bytes = counting->live_bytes;
        out->peak_blocks = counting->live_blocks;
        out->peak_ms = counting->now_ms - counting->out->first_ms;
        counting->at_peak = true;
    }
}

static void take_away(struct counting *counting, const struct live_block *block)
{
    struct trace_summary *out = counting->out;
    struct summary_class *of = &counting->live[summary_class_of(block->bytes)];
    keep_peak(counting);
    of->blocks--;
    of->bytes -= block->bytes;
    counting->live_bytes -= block->bytes;
    counting->live_blocks--;
    out->frees++;
    count(out->life_bytes, out->bytes - block->note, block->bytes);
    count(out->life_ms, counting->now_ms - block->place, block->bytes);
    if (!(block->flags & EXTENT_KNOWN))
        return;
    out->large_blocks++;
    out->large_bytes += block->bytes;
    out->written_bytes += (uint64_t)block->epoch << 32 | block->slot;
}

static void keep_mark(struct counting *counting, const struct trace_event *event)
{
    struct trace_summary *out = counting->out;
    if (out->mark_count++ >= SUMMARY_MARKS)
        return;
    struct summary_mark *mark = &out->marks[out->mark_count - 1];
    mark->ms = counting->now_ms - out->first_ms;
    (void)memcpy(mark->text, event->text, event->text_bytes);
    mark->text[event->text_bytes] = '\0';
    text_printable(mark->text);
}

static void keep_extent(struct live_block *block, uint64_t written_bytes)
{
    block->flags = EXTENT_KNOWN;
    block->slot = (uint32_t)written_bytes;
    block->epoch = (uint32_t)(written_bytes >> 32);
}

static int on_event(void *context, const struct ordered_event *event, struct err *err)
{
    (void)err;
    struct counting *counting = context;
    counting->now_ms = trace_clock_ms(event->event->clock);
    if (!counting->begun)
        counting->out->first_ms = counting->now_ms;
    counting->begun = true;
    if (!counting->began[event->stream]) {
        counting->began[event->stream] = true;
        counting->threads++;
        if (counting->threads > counting->out->threads_max)
            counting->out->threads_max = counting->threads;
    }
    switch (event->event->kind) {
    case TRACE_EVENT_ALLOCATED:
        add(counting, event->block);
        break;
    case TRACE_EVENT_REALLOC:
        counting->out->reallocs++;
        take_away(counting, &event->old);
        add(counting, event->block);
        break;
    case TRACE_EVENT_FREED:
        take_away(counting, &event->old);
        break;
    case TRACE_EVENT_EXTENT:
        keep_extent(event->block, event->event->bytes + event->event->behind_bytes);
        return 0;
    case TRACE_EVENT_MARK:
        keep_mark(counting, event->event);
        return 0;
    default:
        return 0;
    }
    if (!trace_order_is_played(counting->order.file, event->event->clock))
        counting->out->behind_end++;
    count_in_time(counting);
    return 0;
}

static int on_ended(void *context, size_t stream, struct err *err)
{
    (void)err;
    struct counting *counting = context;
    counting->threads -= counting->began[stream];
    return 0;
}

int trace_summary(struct trace_file *file, const struct traced_image *image,
                  struct trace_summary *out, struct err *err)
{
    struct counting counting = {.out = out};
    *out = (struct trace_summary){.bin_ms = 1};
    trace_order_open(&counting.order, file, image);
    counting.began = calloc(counting.order.stream_count, sizeof *counting.began);
    if (!counting.began)
        abort();
    const struct trace_order_sink sink = {
        .event = on_event, .ended = on_ended, .context = &counting};
    int code = trace_order_play(&counting.order, &sink, err);
    keep_peak(&counting);
    out->foreign_frees = counting.order.counts.foreign_frees;
    out->inherited_frees = counting.order.counts.inherited_frees;
    out->miscounted_streams = counting.order.counts.miscounted_streams;
    out->streams = counting.order.stream_count;
    out->end_blocks = counting.live_blocks;
    out->end_bytes = counting.live_bytes;
    out->duration_ms = (int64_t)(counting.now_ms - out->first_ms);
    if (out->behind_end > 0)
        out->end_ms = trace_clock_ms(file->control.end_clock) - out->first_ms;
    trace_order_close(&counting.order);
    free(counting.began);
    return code;
}
