#include "trace_frames.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#include "grow.h"
#include "trace_format.h"

struct place {
    uint64_t offset;
    uint64_t packed_bytes;
};

struct unpacked {
    uint32_t number;
    uint64_t used; /* when; 0: it holds none */
    size_t bytes;
    uint8_t *data; /* TRACE_FRAME_BYTES_MAX; NULL: not yet */
};

struct trace_frames {
    int fd;
    const char *path;
    ZSTD_DCtx *context;
    uint8_t *packed, *scratch;
    size_t packed_size, scratch_size;
    struct place *places;
    size_t count;
    uint64_t now;
    unsigned kept;
    struct unpacked cache[];
};

struct trace_frames *trace_frames_open(int fd, const char *path, unsigned kept)
{
    struct trace_frames *frames = calloc(1, sizeof *frames + kept * sizeof frames->cache[0]);
    if (!frames)
        abort();
    frames->fd = fd;
    frames->path = path;
    frames->kept = kept;
    frames->context = ZSTD_createDCtx();
    if (!frames->context)
        abort();
    return frames;
}

void trace_frames_close(struct trace_frames *frames)
{
    if (!frames)
        return;
    for (unsigned i = 0; i < frames->kept; i++)
        free(frames->cache[i].data);
    (void)ZSTD_freeDCtx(frames->context);
    free(frames->packed);
    free(frames->scratch);
    free(frames->places);
    free(frames);
}

static void make_room(uint8_t **buffer, size_t *size, size_t needed)
{
    if (needed <= *size)
        return;
    free(*buffer);
    *buffer = malloc(needed);
    *size = needed;
    if (!*buffer)
        abort();
}

/* As much of the file as there is. */
static size_t read_at(const struct trace_frames *frames, uint64_t offset, size_t bytes)
{
    size_t done = 0;
    while (done < bytes) {
        ssize_t got =
            pread(frames->fd, frames->packed + done, bytes - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    return done;
}

int trace_frames_unpack(struct trace_frames *frames, uint64_t offset, uint64_t room,
                        size_t most_bytes, const uint8_t **out, size_t *out_bytes,
                        uint64_t *out_packed_bytes)
{
    size_t bound = ZSTD_compressBound(most_bytes);
    size_t wanted = room < bound ? (size_t)room : bound;
    make_room(&frames->packed, &frames->packed_size, wanted + 1);
    size_t there = read_at(frames, offset, wanted);
    size_t packed = ZSTD_findFrameCompressedSize(frames->packed, there);
    if (ZSTD_isError(packed))
        return there == bound ? -EBADMSG : -ENODATA;
    /* Frames say how large they are; room for the rest is made only where they do. */
    unsigned long long told = ZSTD_getFrameContentSize(frames->packed, packed);
    if (told > most_bytes)
        return -EBADMSG;
    make_room(&frames->scratch, &frames->scratch_size, (size_t)told + 1);
    size_t bytes =
        ZSTD_decompressDCtx(frames->context, frames->scratch, (size_t)told, frames->packed, packed);
    if (ZSTD_isError(bytes))
        return -EBADMSG;
    *out = frames->scratch;
    *out_bytes = bytes;
    *out_packed_bytes = packed;
    return 0;
}

uint32_t trace_frames_add(struct trace_frames *frames, uint64_t offset, uint64_t packed_bytes)
{
    frames->places = grow(frames->places, frames->count, sizeof *frames->places);
    frames->places[frames->count] = (struct place){offset, packed_bytes};
    return (uint32_t)frames->count++;
}

int trace_frames_get(struct trace_frames *frames, uint32_t number, const uint8_t **out,
                     size_t *out_bytes, struct err *err)
{
    struct unpacked *oldest = &frames->cache[0];
    struct unpacked *found = NULL;
    frames->now++;
    for (unsigned i = 0; i < frames->kept && !found; i++) {
        struct unpacked *of = &frames->cache[i];
        if (of->used > 0 && of->number == number)
            found = of;
        else if (of->used < oldest->used)
            oldest = of;
    }
    if (!found) {
        const struct place *place = &frames->places[number];
        const uint8_t *bytes;
        size_t count;
        uint64_t packed;
        if (trace_frames_unpack(frames, place->offset, place->packed_bytes, TRACE_FRAME_BYTES_MAX,
                                &bytes, &count, &packed) < 0)
            return err_set(err, -EIO, "%s was changed while it was read", frames->path);
        free(oldest->data);
        oldest->data = frames->scratch;
        frames->scratch = NULL;
        frames->scratch_size = 0;
        oldest->bytes = count;
        oldest->number = number;
        found = oldest;
    }
    found->used = frames->now;
    *out = found->data;
    *out_bytes = found->bytes;
    return 0;
}
