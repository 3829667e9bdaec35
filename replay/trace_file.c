#include "trace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "grow.h"
#include "text.h"
#include "trace_frames.h"

/* Reading goes on as far as it was whole. */
static void damaged(struct trace_file *file, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void damaged(struct trace_file *file, const char *format, ...)
{
    char why[512];
    va_list args;
    if (file->damage)
        return;
    va_start(args, format);
    (void)vsnprintf(why, sizeof why, format, args);
    va_end(args);
    file->damage = text_own(why);
}

static int read_control(struct trace_file *file, struct err *err)
{
    struct trace_control *control = &file->control;
    ssize_t got = pread(file->fd, control, sizeof *control, 0);
    if (got < 0)
        return err_set(err, -errno, "%s: %s", file->path, strerror(errno));
    if (got < (ssize_t)sizeof control->magic ||
        memcmp(control->magic, TRACE_MAGIC, sizeof control->magic) != 0)
        return err_set(err, -EINVAL, "%s is no trace; 'heapchurn record' makes one", file->path);
    if (got != sizeof *control)
        return err_set(err, -EINVAL, "%s is cut off in its first page: nothing of it can be read",
                       file->path);
    if (control->byte_order != TRACE_BYTE_ORDER)
        return err_set(
            err, -EINVAL,
            "%s was recorded on a machine of another byte order, and cannot be read here",
            file->path);
    if (control->version != TRACE_VERSION)
        return err_set(err, -EINVAL,
                       "%s is a trace of version %" PRIu32 "; this heapchurn reads version %d",
                       file->path, control->version, TRACE_VERSION);
    if (control->form != TRACE_PACKED)
        return err_set(
            err, -EINVAL,
            "%s is a raw file, which a recording left behind that was killed: 'heapchurn "
            "record --recover %s -o FILE.trace' makes a trace of it",
            file->path, file->path);
    uint64_t told = control->checksum;
    control->checksum = 0;
    uint64_t sum = trace_checksum(control, sizeof *control);
    control->checksum = told;
    return sum == told && control->streams <= TRACE_STREAM_MAX &&
                   control->original_ns_per_ms <= TRACE_ORIGINAL_NS_MAX &&
                   control->images <= control->streams
               ? 0
               : err_set(err, -EINVAL,
                         "%s is damaged in its first page (its checksum does not match): nothing "
                         "of it can be believed",
                         file->path);
}

/* Where the frames of chunks end: the index begins. Without a trailer: where the file does. */
static uint64_t frames_end(struct trace_file *file, struct trace_trailer *out)
{
    struct trace_trailer trailer;
    uint64_t at = file->file_bytes - sizeof trailer;
    if (file->file_bytes < sizeof trailer + TRACE_CONTROL_BYTES ||
        pread(file->fd, &trailer, sizeof trailer, (off_t)at) != sizeof trailer ||
        memcmp(trailer.magic, TRACE_TRAILER_MAGIC, sizeof trailer.magic) != 0) {
        damaged(file, "it is cut off: its end is missing");
        return file->file_bytes;
    }
    uint64_t told = trailer.checksum;
    trailer.checksum = 0;
    if (trace_checksum(&trailer, sizeof trailer) != told || trailer.index_offset > at ||
        trailer.index_offset < file->control.chunks_offset) {
        damaged(file, "its last bytes are damaged");
        return file->file_bytes;
    }
    if (trailer.index_bytes != at - trailer.index_offset)
        damaged(file, "it does not end where its index does: something was appended to it");
    *out = trailer;
    return trailer.index_offset;
}

/* Chunks are found without it; but it tells of one that is not there. */
static void check_index(struct trace_file *file, const struct trace_trailer *trailer)
{
    const uint8_t *bytes;
    size_t count = 0;
    uint64_t packed = 0, event_bytes = 0;
    for (size_t i = 0; i < file->chunk_count; i++)
        event_bytes += file->chunks[i].used_bytes;
    if (trailer->chunks != file->chunk_count || trailer->event_bytes != event_bytes ||
        trace_frames_unpack(file->frames, trailer->index_offset, trailer->index_bytes,
                            file->chunk_count * sizeof(struct trace_place), &bytes, &count,
                            &packed) < 0 ||
        packed != trailer->index_bytes || count != file->chunk_count * sizeof(struct trace_place))
        damaged(file, "its index is damaged, or chunks are missing");
}

static void read_facts(struct trace_file *file)
{
    const uint8_t *bytes;
    size_t count;
    uint64_t packed;
    if (file->control.facts_bytes == 0)
        return;
    int code = trace_frames_unpack(file->frames, TRACE_CONTROL_BYTES, file->control.facts_bytes,
                                   TRACE_FACTS_BYTES_MAX, &bytes, &count, &packed);
    if (code < 0) {
        damaged(file, "what it says about the recording is damaged");
        return;
    }
    file->facts = malloc(count + 1);
    if (!file->facts)
        abort();
    (void)memcpy(file->facts, bytes, count);
    file->facts[count] = '\0';
    file->facts_bytes = count;
}

/* What has a number from 1 to `most`, found by it: its index plus 1. */
struct numbered {
    uint32_t *places;
};

static struct numbered numbered_new(uint32_t most)
{
    struct numbered numbered = {.places = calloc((size_t)most + 1, sizeof *numbered.places)};
    if (!numbered.places)
        abort();
    return numbered;
}

static struct trace_stream *stream_of(struct trace_file *file, struct numbered *known,
                                      const struct trace_chunk *chunk)
{
    uint32_t *place = &known->places[chunk->stream];
    if (*place > 0)
        return &file->streams[*place - 1];
    file->streams = grow(file->streams, file->stream_count, sizeof *file->streams);
    struct trace_stream *stream = &file->streams[file->stream_count++];
    *place = (uint32_t)file->stream_count;
    *stream = (struct trace_stream){.number = chunk->stream,
                                    .image = chunk->image,
                                    .parent = chunk->parent_stream,
                                    .began = (enum trace_began)chunk->began,
                                    .parent_sequence = chunk->parent_sequence};
    return stream;
}

static bool believable(const struct trace_file *file, const struct trace_chunk *chunk)
{
    return chunk->stream > 0 && chunk->stream <= file->control.streams && chunk->image > 0 &&
           chunk->image <= file->control.images && chunk->began >= TRACE_BEGAN_MAIN &&
           chunk->began <= TRACE_BEGAN_HANDLER && chunk->first_sequence > 0 &&
           chunk->first_sequence <= TRACE_SEQUENCE_MAX;
}

/* False: it is not what the chunks before it say must come. */
static bool add_chunk(struct trace_file *file, struct numbered *known,
                      const struct trace_chunk *chunk, uint32_t frame, uint32_t offset)
{
    if (!believable(file, chunk) || file->chunk_count == TRACE_FILE_CHUNKS_MAX ||
        chunk->clock < file->sure_clock)
        return false;
    if (chunk->index > 0 && known->places[chunk->stream] == 0)
        return false; /* there is no stream without a chunk */
    struct trace_stream *stream = stream_of(file, known, chunk);
    if (chunk->index != stream->chunk_count || chunk->image != stream->image)
        return false;
    file->sure_clock = chunk->clock;
    stream->chunk_count++;
    stream->event_bytes += chunk->used_bytes;
    file->chunks = grow(file->chunks, file->chunk_count, sizeof *file->chunks);
    file->chunks[file->chunk_count++] =
        (struct trace_chunk_place){.frame = frame,
                                   .offset = offset,
                                   .used_bytes = chunk->used_bytes,
                                   .stream = chunk->stream,
                                   .index = chunk->index,
                                   .clock = chunk->clock,
                                   .first_sequence = chunk->first_sequence};
    return true;
}

/* All chunks of one frame. */
static bool add_frame(struct trace_file *file, struct numbered *known, const uint8_t *bytes,
                      size_t count, uint32_t number)
{
    size_t at = 0;
    while (at < count) {
        struct trace_chunk chunk;
        if (count - at < sizeof chunk)
            return false;
        (void)memcpy(&chunk, bytes + at, sizeof chunk);
        if (chunk.magic != TRACE_CHUNK_MAGIC || chunk.used_bytes > count - at - sizeof chunk ||
            !add_chunk(file, known, &chunk, number, (uint32_t)at))
            return false;
        at += sizeof chunk + chunk.used_bytes;
    }
    return true;
}

static void scan(struct trace_file *file, struct numbered *known)
{
    struct trace_trailer trailer = {.chunks = 0};
    uint64_t end = frames_end(file, &trailer);
    uint64_t at = file->control.chunks_offset;
    while (at < end) {
        const uint8_t *bytes;
        size_t count;
        uint64_t packed;
        int code = trace_frames_unpack(file->frames, at, end - at, TRACE_FRAME_BYTES_MAX, &bytes,
                                       &count, &packed);
        if (code == 0) {
            uint32_t number = trace_frames_add(file->frames, at, packed);
            code = add_frame(file, known, bytes, count, number) ? 0 : -EPROTO;
        }
        if (code < 0) {
            damaged(file, "it is %s at byte %" PRIu64 " of %" PRIu64,
                    code == -ENODATA ? "cut off" : "damaged", at, file->file_bytes);
            return;
        }
        at += packed;
    }
    if (!file->damage)
        check_index(file, &trailer);
    if (!file->damage)
        file->sure_clock = UINT64_MAX;
}

static int by_number(const void *a, const void *b)
{
    uint32_t left = ((const struct trace_stream *)a)->number;
    uint32_t right = ((const struct trace_stream *)b)->number;
    return (left > right) - (left < right);
}

static int by_image(const void *a, const void *b)
{
    uint32_t left = ((const struct traced_image *)a)->number;
    uint32_t right = ((const struct traced_image *)b)->number;
    return (left > right) - (left < right);
}

static int by_stream(const void *a, const void *b)
{
    const struct trace_chunk_place *left = a;
    const struct trace_chunk_place *right = b;
    return left->stream != right->stream
               ? (left->stream > right->stream ? 1 : -1)
               : (left->index > right->index) - (left->index < right->index);
}

static struct traced_image *image_of(struct trace_file *file, struct numbered *known,
                                     uint32_t number)
{
    uint32_t *place = &known->places[number];
    if (*place > 0)
        return &file->images[*place - 1];
    file->images = grow(file->images, file->image_count, sizeof *file->images);
    struct traced_image *image = &file->images[file->image_count++];
    *place = (uint32_t)file->image_count;
    *image = (struct traced_image){.number = number};
    return image;
}

/* Chunks by stream, streams by number, and what images there are. */
static void arrange(struct trace_file *file)
{
    qsort(file->chunks, file->chunk_count, sizeof *file->chunks, by_stream);
    qsort(file->streams, file->stream_count, sizeof *file->streams, by_number);
    struct numbered images = numbered_new(file->control.images);
    size_t at = 0;
    for (size_t i = 0; i < file->stream_count; i++) {
        struct trace_stream *stream = &file->streams[i];
        struct traced_image *image = image_of(file, &images, stream->image);
        stream->first_chunk = at;
        at += stream->chunk_count;
        image->streams++;
        image->event_bytes += stream->event_bytes;
        bool is_main = stream->began == TRACE_BEGAN_MAIN || stream->began == TRACE_BEGAN_FORK;
        if (is_main && image->main_stream == 0)
            image->main_stream = stream->number;
    }
    free(images.places);
    qsort(file->images, file->image_count, sizeof *file->images, by_image);
    if (file->stream_count == 1) /* no other can miss anything */
        file->sure_clock = UINT64_MAX;
}

static int open_file(const char *path, struct trace_file *file, struct err *err)
{
    struct stat status;
    file->path = text_own(path);
    file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe nobody writes to */
    if (file->fd < 0 || fstat(file->fd, &status) < 0)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return err_set(err, -EINVAL, "%s is no file with a trace in it", path);
    file->file_bytes = (uint64_t)status.st_size;
    int code = read_control(file, err);
    if (code < 0)
        return code;
    file->frames = trace_frames_open(file->fd, file->path, TRACE_FILE_FRAMES);
    read_facts(file);
    struct numbered streams = numbered_new(file->control.streams);
    scan(file, &streams);
    free(streams.places);
    if (file->chunk_count == 0)
        return err_set(err, -EINVAL, "%s has no events%s%s", path, file->damage ? ": " : "",
                       file->damage ? file->damage : "");
    arrange(file);
    return 0;
}

int trace_file_open(const char *path, struct trace_file *out, struct err *err)
{
    AUTO(trace_file) struct trace_file file = {.fd = -1};
    int code = open_file(path, &file, err);
    if (code < 0)
        return code;
    *out = file;
    file = (struct trace_file){.fd = -1};
    return 0;
}

void trace_file_close(struct trace_file *file)
{
    trace_frames_close(file->frames);
    if (file->fd >= 0 && file->path)
        (void)close(file->fd);
    free(file->path);
    free(file->facts);
    free(file->chunks);
    free(file->streams);
    free(file->images);
    free(file->damage);
    *file = (struct trace_file){.fd = -1};
}

const struct trace_stream *trace_file_stream(const struct trace_file *file, uint32_t number)
{
    const struct trace_stream wanted = {.number = number};
    return bsearch(&wanted, file->streams, file->stream_count, sizeof wanted, by_number);
}

const struct traced_image *trace_file_image(const struct trace_file *file, uint32_t number)
{
    const struct traced_image wanted = {.number = number};
    return bsearch(&wanted, file->images, file->image_count, sizeof wanted, by_image);
}

const struct traced_image *trace_file_main_image(const struct trace_file *file)
{
    const struct traced_image *most = &file->images[0];
    for (size_t i = 1; i < file->image_count; i++)
        if (file->images[i].event_bytes > most->event_bytes)
            most = &file->images[i];
    return most;
}

int trace_file_chunk(struct trace_file *file, size_t chunk, const uint8_t **out_events,
                     struct err *err)
{
    const struct trace_chunk_place *place = &file->chunks[chunk];
    const uint8_t *bytes;
    size_t count;
    int code = trace_frames_get(file->frames, place->frame, &bytes, &count, err);
    if (code < 0)
        return code;
    if (place->offset + sizeof(struct trace_chunk) + place->used_bytes > count)
        return err_set(err, -EIO, "%s was changed while it was read", file->path);
    *out_events = bytes + place->offset + sizeof(struct trace_chunk);
    return 0;
}
