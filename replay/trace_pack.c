#include "trace_pack.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "cleanup.h"
#include "grow.h"
#include "trace_output.h"
#include "trace_raw.h"
#include "whole_file.h"

struct trace_pack {
    char *path, *temporary;
    int fd;
    ZSTD_CCtx *zstd;
    uint8_t *frame; /* the one that is being filled */
    size_t frame_bytes;
    uint8_t *packed;
    size_t packed_room;
    struct trace_place *places;
    size_t count;
    uint64_t offset; /* of the next frame */
    uint64_t facts_bytes, chunks_offset, event_bytes;
};

static int write_at(const struct trace_pack *pack, const void *bytes, size_t count, uint64_t offset,
                    struct err *err)
{
    size_t done = 0;
    while (done < count) {
        ssize_t written =
            pwrite(pack->fd, (const uint8_t *)bytes + done, count - done, (off_t)(offset + done));
        if (written < 0 && errno != EINTR)
            return err_set(err, -errno, "%s: %s", pack->temporary, strerror(errno));
        done += written > 0 ? (size_t)written : 0;
    }
    return 0;
}

/* One zstd frame, written behind what is there. */
static int write_frame(struct trace_pack *pack, const void *bytes, size_t count, struct err *err)
{
    size_t room = ZSTD_compressBound(count);
    if (room > pack->packed_room) {
        uint8_t *larger = realloc(pack->packed, room);
        if (!larger)
            return err_set(err, -ENOMEM, "%s: %s", pack->path, strerror(ENOMEM));
        pack->packed = larger;
        pack->packed_room = room;
    }
    size_t packed = ZSTD_compress2(pack->zstd, pack->packed, pack->packed_room, bytes, count);
    if (ZSTD_isError(packed))
        return err_set(err, -EIO, "%s: zstd: %s", pack->path, ZSTD_getErrorName(packed));
    int code = write_at(pack, pack->packed, packed, pack->offset, err);
    if (code == 0)
        pack->offset += packed;
    return code;
}

static int flush_frame(struct trace_pack *pack, struct err *err)
{
    int code = pack->frame_bytes ? write_frame(pack, pack->frame, pack->frame_bytes, err) : 0;
    pack->frame_bytes = 0;
    return code;
}

static int open_file(struct trace_pack *pack, const char *path, struct err *err)
{
    int code = trace_output_find(path, &pack->path, err);
    if (code < 0)
        return code;
    if (asprintf(&pack->temporary, "%s.%d.partial", pack->path, getpid()) < 0)
        return err_set(err, -ENOMEM, "%s: %s", path, strerror(ENOMEM));
    pack->fd = open(pack->temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (pack->fd < 0)
        return err_set(err, -errno, "%s: %s", pack->temporary, strerror(errno));
    return 0;
}

static int open_zstd(struct trace_pack *pack, int level, struct err *err)
{
    pack->zstd = ZSTD_createCCtx();
    pack->frame = malloc(TRACE_FRAME_BYTES_MAX);
    if (!pack->zstd || !pack->frame) {
        (void)err_set(err, -ENOMEM, "%s: %s", pack->path, strerror(ENOMEM));
        return -ENOMEM;
    }
    (void)ZSTD_CCtx_setParameter(pack->zstd, ZSTD_c_compressionLevel, level);
    (void)ZSTD_CCtx_setParameter(pack->zstd, ZSTD_c_checksumFlag, 1);
    return 0;
}

int trace_pack_open(const char *path, const char *facts, size_t facts_bytes, int level,
                    struct trace_pack **out, struct err *err)
{
    struct trace_pack *pack = calloc(1, sizeof *pack);
    if (!pack) {
        (void)err_set(err, -ENOMEM, "%s: %s", path, strerror(ENOMEM));
        return -ENOMEM;
    }
    pack->fd = -1;
    pack->offset = TRACE_CONTROL_BYTES;
    int code = open_file(pack, path, err);
    if (code == 0)
        code = open_zstd(pack, level, err);
    if (code == 0)
        code = write_frame(pack, facts, facts_bytes, err);
    if (code != 0) {
        trace_pack_close(pack);
        return code;
    }
    pack->facts_bytes = pack->offset - TRACE_CONTROL_BYTES;
    pack->chunks_offset = pack->offset;
    *out = pack;
    return 0;
}

int trace_pack_add(struct trace_pack *pack, const struct trace_chunk *chunk, const uint8_t *events,
                   struct err *err)
{
    size_t bytes = sizeof *chunk + chunk->used_bytes;
    if (bytes > TRACE_SLOT_BYTES)
        return err_set(err, -EINVAL, "%s: a chunk of %zu bytes", pack->path, bytes);
    int code = pack->frame_bytes >= TRACE_FRAME_BYTES ? flush_frame(pack, err) : 0;
    if (code < 0)
        return code;
    pack->places = grow(pack->places, pack->count, sizeof *pack->places);
    pack->places[pack->count++] = (struct trace_place){.frame_offset = pack->offset,
                                                       .offset = (uint32_t)pack->frame_bytes,
                                                       .used_bytes = chunk->used_bytes,
                                                       .stream = chunk->stream,
                                                       .index = chunk->index,
                                                       .clock = chunk->clock};
    (void)memcpy(pack->frame + pack->frame_bytes, chunk, sizeof *chunk);
    (void)memcpy(pack->frame + pack->frame_bytes + sizeof *chunk, events, chunk->used_bytes);
    pack->frame_bytes += bytes;
    pack->event_bytes += chunk->used_bytes;
    return 0;
}

static int write_index(struct trace_pack *pack, struct err *err)
{
    struct trace_trailer trailer = {
        .index_offset = pack->offset, .chunks = pack->count, .event_bytes = pack->event_bytes};
    int code = write_frame(pack, pack->places, pack->count * sizeof *pack->places, err);
    if (code < 0)
        return code;
    (void)memcpy(trailer.magic, TRACE_TRAILER_MAGIC, sizeof trailer.magic);
    trailer.index_bytes = pack->offset - trailer.index_offset;
    trailer.checksum = trace_checksum(&trailer, sizeof trailer);
    code = write_at(pack, &trailer, sizeof trailer, pack->offset, err);
    pack->offset += sizeof trailer;
    return code;
}

static int write_control(const struct trace_pack *pack, const struct trace_control *control,
                         struct err *err)
{
    struct trace_control page = *control;
    (void)memcpy(page.magic, TRACE_MAGIC, sizeof page.magic);
    page.version = TRACE_VERSION;
    page.byte_order = TRACE_BYTE_ORDER;
    page.form = TRACE_PACKED;
    page.slot_bytes = TRACE_SLOT_BYTES;
    page.facts_bytes = pack->facts_bytes;
    page.chunks_offset = pack->chunks_offset;
    page.reserved = 0;
    (void)memset(page.recorder, 0, sizeof page.recorder);
    page.checksum = 0;
    page.checksum = trace_checksum(&page, sizeof page);
    return write_at(pack, &page, sizeof page, 0, err);
}

int trace_pack_finish(struct trace_pack *pack, const struct trace_control *control, struct err *err)
{
    int code = flush_frame(pack, err);
    if (code == 0)
        code = write_index(pack, err);
    if (code == 0)
        code = write_control(pack, control, err);
    if (code < 0)
        return code;
    if (fsync(pack->fd) < 0 || rename(pack->temporary, pack->path) < 0)
        return err_set(err, -errno, "%s: %s", pack->path, strerror(errno));
    free(pack->temporary);
    pack->temporary = NULL;
    AUTO_FREE char *copy = strdup(pack->path);
    return copy ? whole_file_sync_folder(dirname(copy), err) : 0;
}

uint64_t trace_pack_file_bytes(const struct trace_pack *pack)
{
    return pack->offset;
}

uint64_t trace_pack_event_bytes(const struct trace_pack *pack)
{
    return pack->event_bytes;
}

void trace_pack_close(struct trace_pack *pack)
{
    if (!pack)
        return;
    if (pack->fd >= 0)
        (void)close(pack->fd);
    if (pack->fd >= 0 && pack->temporary)
        (void)unlink(pack->temporary);
    (void)ZSTD_freeCCtx(pack->zstd);
    free(pack->path);
    free(pack->temporary);
    free(pack->frame);
    free(pack->packed);
    free(pack->places);
    free(pack);
}

static int add_all(struct trace_pack *pack, const struct trace_raw *raw, struct err *err)
{
    int code = 0;
    for (size_t i = 0; code == 0 && i < raw->count; i++)
        code = trace_pack_add(pack, &raw->chunks[i].header, raw->chunks[i].events, err);
    struct trace_control control = *raw->control;
    control.lost_events += raw->damaged_calls;
    return code == 0 ? trace_pack_finish(pack, &control, err) : code;
}

int trace_pack_raw(const char *raw_path, const char *path, const char *facts, size_t facts_bytes,
                   int level, struct err *err)
{
    struct trace_raw raw = {.bytes = NULL};
    struct trace_pack *pack = NULL;
    int code = trace_raw_open(raw_path, &raw, err);
    if (code == 0)
        code = trace_pack_open(path, facts, facts_bytes, level, &pack, err);
    if (code == 0)
        code = add_all(pack, &raw, err);
    trace_pack_close(pack);
    trace_raw_close(&raw);
    return code;
}
