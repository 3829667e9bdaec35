/*
 * trace_sums FILE: what is in a trace, in words that tests can ask for: everything in it is checked
 * on the way, as a player does.
 *
 *     trace lost=0 unknown=0 failed=0 unrecorded=0 streams=9 images=1 chunks=12
 *     image=1 pid=77 streams=9 events=20000 calls=10000 bytes=640000 foreign=0 inherited=0 \
 *         live_blocks=0 live_bytes=0 peak_bytes=64000 unknown_touch=0 behind_end=0
 *     stream=1 image=1 began=main parent=0 calls=20000 bytes=640000 end=exit counted=20000/640000
 *     extents=3 written=81920 holes=0 unknown=0 looked=0 marks=1 last_mark=half
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "cleanup.h"
#include "compile.h"
#include "trace_cursor.h"
#include "trace_file.h"

struct sums {
    uint64_t calls, bytes, counted_calls, counted_bytes;
    uint64_t extents, written, holes, unknown, looked, late, marks;
    const char *end;
    char last_mark[256];
};

static void add(struct sums *sums, const struct trace_event *event)
{
    switch (event->kind) {
    case TRACE_EVENT_ALLOCATED:
    case TRACE_EVENT_REALLOC:
        sums->bytes += event->bytes;
        sums->calls++;
        return;
    case TRACE_EVENT_FREED:
        sums->calls++;
        return;
    case TRACE_EVENT_EXTENT:
        sums->extents++;
        sums->written += event->bytes + event->behind_bytes;
        sums->holes += event->behind_bytes > 0;
        sums->unknown += (event->flags & TRACE_EXTENT_UNKNOWN) != 0;
        sums->looked += event->since_ms > 0;
        return;
    case TRACE_EVENT_END:
    case TRACE_EVENT_EXIT:
        sums->end = event->kind == TRACE_EVENT_END ? "end" : "exit";
        sums->counted_calls = event->calls;
        sums->counted_bytes = event->bytes;
        return;
    case TRACE_EVENT_MARK:
        sums->marks++;
        (void)snprintf(sums->last_mark, sizeof sums->last_mark, "%.*s", (int)event->text_bytes,
                       event->text);
        return;
    }
}

static int print_stream(struct trace_file *file, const struct trace_stream *stream,
                        struct sums *all, struct err *err)
{
    static const char *const began[] = {"?", "main", "thread", "fork", "handler"};
    struct sums sums = {.end = "cut"};
    struct trace_cursor cursor;
    struct trace_event event;
    int code = 0;
    trace_cursor_open(&cursor, file, stream);
    while ((code = trace_cursor_next(&cursor, &event, err)) > 0) {
        add(&sums, &event);
        add(all, &event);
    }
    trace_cursor_close(&cursor);
    (void)printf("stream=%" PRIu32 " image=%" PRIu32 " began=%s parent=%" PRIu32 " calls=%" PRIu64
                 " bytes=%" PRIu64 " end=%s counted=%" PRIu64 "/%" PRIu64 "\n",
                 stream->number, stream->image, began[stream->began], stream->parent, sums.calls,
                 sums.bytes, sums.end, sums.counted_calls, sums.counted_bytes);
    return code;
}

static int print_image(struct trace_file *file, const struct traced_image *image, struct err *err)
{
    struct compiled_facts facts;
    AUTO_CLOSE int fd = memfd_create("compiled", MFD_CLOEXEC);
    if (image->event_bytes < 4)
        return 0;
    int code = compile_trace(file, image, 1, fd, &facts, err);
    if (code < 0)
        return err_wrap(err, "image %" PRIu32, image->number);
    (void)printf("image=%" PRIu32 " pid=%" PRIu32 " streams=%" PRIu64 " events=%" PRIu64
                 " calls=%" PRIu64 " bytes=%" PRIu64 " foreign=%" PRIu64 " inherited=%" PRIu64
                 " live_blocks=%" PRIu64 " live_bytes=%" PRIu64 " peak_bytes=%" PRIu64
                 " unknown_touch=%" PRIu64 " behind_end=%" PRIu64 "\n",
                 image->number, image->pid, facts.streams, facts.events, facts.calls, facts.bytes,
                 facts.foreign_frees, facts.inherited_frees, facts.end_live_blocks,
                 facts.end_live_bytes, facts.peak_live_bytes, facts.unknown_touch_bytes,
                 facts.events_behind_end);
    return 0;
}

static int print(const char *path, struct err *err)
{
    AUTO(trace_file) struct trace_file file = {.fd = -1};
    struct sums all = {.end = NULL};
    int code = trace_file_open(path, &file, err);
    if (code < 0)
        return code;
    (void)printf("trace lost=%" PRIu64 " unknown=%" PRIu64 " failed=%" PRIu64 " unrecorded=%" PRIu32
                 " streams=%zu images=%zu chunks=%zu\n",
                 file.control.lost_events, file.control.unknown_frees, file.control.failed_calls,
                 file.control.images_unrecorded, file.stream_count, file.image_count,
                 file.chunk_count);
    if (file.damage)
        (void)printf("damage=%s\n", file.damage);
    for (size_t i = 0; code == 0 && i < file.image_count; i++)
        code = print_image(&file, &file.images[i], err);
    for (size_t i = 0; code == 0 && i < file.stream_count; i++)
        code = print_stream(&file, &file.streams[i], &all, err);
    (void)printf("extents=%" PRIu64 " written=%" PRIu64 " holes=%" PRIu64 " unknown=%" PRIu64
                 " looked=%" PRIu64 " marks=%" PRIu64 " last_mark=%s\n",
                 all.extents, all.written, all.holes, all.unknown, all.looked, all.marks,
                 all.last_mark);
    return code;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    if (argc != 2)
        return 2;
    if (print(argv[1], &err) == 0)
        return 0;
    (void)fprintf(stderr, "trace_sums: %s\n", err.text);
    return 1;
}
