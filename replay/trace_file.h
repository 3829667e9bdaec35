/*
 * trace_file: a packed trace (trace_format.h), opened for reading.
 *
 * A trace is a stranger's: every frame is unpacked once when it is opened, so that its checksums
 * are known to hold, and the chunks in it are listed. What cannot be read at all (no trace, another
 * version or byte order, no whole frame) is an error with a sentence. What was cut off or damaged
 * is read up to there: `damage` says where and how, and `sure_clock` how far all streams are
 * complete.
 *
 * Memory: 48 bytes per chunk (30 000 events), and TRACE_FILE_FRAMES unpacked frames of a MiB.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "err.h"
#include "trace_format.h"

enum { TRACE_FILE_FRAMES = 16, TRACE_FILE_CHUNKS_MAX = 1 << 24 };

struct trace_chunk_place {
    uint32_t frame;
    uint32_t offset; /* of its header, in the unpacked frame */
    uint32_t used_bytes;
    uint32_t stream; /* its number */
    uint32_t index;
    uint64_t clock;
    uint64_t first_sequence;
};

struct trace_stream {
    uint32_t number, image, parent;
    enum trace_began began;
    uint64_t parent_sequence;
    size_t first_chunk, chunk_count; /* in `chunks` */
    uint64_t event_bytes;
};

struct traced_image {
    uint32_t number, pid; /* pid 0: not told */
    uint32_t streams;
    uint32_t main_stream; /* its number; 0: it has none, only others */
    uint64_t event_bytes;
};

struct trace_file {
    char *path;
    int fd;
    struct trace_control control;
    char *facts; /* JSON; NULL: there are none */
    size_t facts_bytes;
    uint64_t file_bytes;
    struct trace_chunk_place *chunks; /* by stream, and in it by index */
    size_t chunk_count;
    struct trace_stream *streams; /* by number */
    size_t stream_count;
    struct traced_image *images; /* by number */
    size_t image_count;
    char *damage;        /* a sentence; NULL: it is whole */
    uint64_t sure_clock; /* all events under smaller clock words are there; UINT64_MAX: all are */
    struct trace_frames *frames;
};

/* -EINVAL with a sentence for what is no trace; -errno. */
int trace_file_open(const char *path, struct trace_file *out, struct err *err);
void trace_file_close(struct trace_file *file);
DEFINE_AUTO(trace_file, trace_file_close)

/* NULL: there is none of this number. */
const struct trace_stream *trace_file_stream(const struct trace_file *file, uint32_t number);
const struct traced_image *trace_file_image(const struct trace_file *file, uint32_t number);

/* The image with the most events: what a replay is about, unless another one is asked for. */
const struct traced_image *trace_file_main_image(const struct trace_file *file);

/* The events of chunk `chunk` (index into chunks): *out_events has used_bytes of them, good until
 * the next call. -EIO: it was changed meanwhile. */
int trace_file_chunk(struct trace_file *file, size_t chunk, const uint8_t **out_events,
                     struct err *err);
