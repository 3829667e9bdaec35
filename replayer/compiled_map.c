#include "compiled_map.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool inside(uint64_t at, uint64_t count, size_t size, uint64_t file_bytes)
{
    return at % sizeof(uint64_t) == 0 && at <= file_bytes && count <= (file_bytes - at) / size;
}

static const char *what_is_wrong(const struct compiled_header *header, uint64_t file_bytes)
{
    if (memcmp(header->magic, COMPILED_MAGIC, sizeof header->magic) != 0)
        return "it is no compiled trace of this version";
    if (header->byte_order != COMPILED_BYTE_ORDER)
        return "it was compiled on a machine of another byte order";
    if (header->file_bytes != file_bytes)
        return "it is not whole";
    if (header->lane_count == 0 || header->slice_count == 0 || header->epoch_count == 0 ||
        header->epoch_count > UINT32_MAX || header->slot_count > COMPILED_SLOTS_MAX)
        return "nothing in it can be played";
    if (!inside(COMPILED_SEGMENTS_AT, header->unit_count, COMPILED_UNIT_WORDS * sizeof(uint64_t),
                file_bytes) ||
        !inside(header->lanes_at, header->lane_count, sizeof(struct compiled_lane), file_bytes) ||
        !inside(header->epochs_at, header->epoch_count + 1, sizeof(struct compiled_epoch),
                file_bytes) ||
        !inside(header->participants_at, header->participant_count, sizeof(uint32_t), file_bytes) ||
        !inside(header->slices_at, header->slice_count, sizeof(struct compiled_slice), file_bytes))
        return "its tables are not inside it";
    return NULL;
}

static const char *what_is_wrong_inside(const struct compiled_map *map)
{
    const struct compiled_header *header = map->header;
    uint64_t end = 0;
    for (uint32_t i = 0; i < header->lane_count; i++)
        if (map->lanes[i].first_segment >= header->unit_count)
            return "a lane begins nowhere";
    for (uint64_t i = 0; i < header->epoch_count; i++)
        if (map->epochs[i].first_participant >= map->epochs[i + 1].first_participant)
            return "an epoch has nobody in it";
    if (map->epochs[0].first_participant != 0 ||
        map->epochs[header->epoch_count].first_participant != header->participant_count)
        return "its epochs have other participants than it says";
    for (uint64_t i = 0; i < header->participant_count; i++)
        if (map->participants[i] >= header->lane_count)
            return "a lane that is not there takes part in an epoch";
    for (uint32_t i = 0; i < header->slice_count; end = map->slices[i++].end_epoch)
        if (map->slices[i].end_epoch <= end || map->slices[i].end_epoch > header->epoch_count)
            return "its slices are in no order";
    return end + 1 >= header->epoch_count ? NULL : "its slices end before its epochs do";
}

static int check(struct compiled_map *map, uint64_t file_bytes, const char *path, struct err *err)
{
    const char *base = (const char *)map->header;
    const char *why = what_is_wrong(map->header, file_bytes);
    if (!why) {
        map->segments = (const uint64_t *)(base + COMPILED_SEGMENTS_AT);
        map->lanes = (const struct compiled_lane *)(base + map->header->lanes_at);
        map->epochs = (const struct compiled_epoch *)(base + map->header->epochs_at);
        map->participants = (const uint32_t *)(base + map->header->participants_at);
        map->slices = (const struct compiled_slice *)(base + map->header->slices_at);
        why = what_is_wrong_inside(map);
    }
    return why ? err_set(err, -EINVAL, "%s cannot be played: %s", path, why) : 0;
}

int compiled_map_open(const char *path, struct compiled_map *out, struct err *err)
{
    struct stat status;
    struct compiled_map map = {.header = NULL, .fd = -1};
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) < 0)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    if (status.st_size < COMPILED_SEGMENTS_AT)
        return err_set(err, -EINVAL, "%s cannot be played: it is no compiled trace", path);
    void *base = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED)
        return err_set(err, -errno, "%s cannot be mapped: %s", path, strerror(errno));
    map.header = base;
    int code = check(&map, (uint64_t)status.st_size, path, err);
    if (code < 0) {
        (void)munmap(base, (size_t)status.st_size);
        return code;
    }
    *out = map;
    out->fd = TAKE_FD(fd);
    return 0;
}

void compiled_map_close(struct compiled_map *map)
{
    if (map->header) {
        (void)munmap((void *)(uintptr_t)map->header, (size_t)map->header->file_bytes);
        (void)close(map->fd);
    }
    *map = (struct compiled_map){.header = NULL, .fd = -1};
}

bool compiled_map_read(const struct compiled_map *map, uint64_t number, uint32_t units,
                       uint64_t *out)
{
    const size_t unit_bytes = COMPILED_UNIT_WORDS * sizeof(uint64_t);
    if (number > map->header->unit_count || units > map->header->unit_count - number)
        return false;
    off_t at = (off_t)(COMPILED_SEGMENTS_AT + number * unit_bytes);
    return pread(map->fd, out, units * unit_bytes, at) == (ssize_t)(units * unit_bytes);
}

void compiled_map_fetch(const struct compiled_map *map)
{
    const char *base = (const char *)map->header;
    const uint64_t from = map->header->lanes_at & ~(uint64_t)(COMPILED_SEGMENTS_AT - 1);
    (void)madvise((void *)(uintptr_t)(base + from), (size_t)(map->header->file_bytes - from),
                  MADV_POPULATE_READ);
}

void compiled_map_forget(const struct compiled_map *map)
{
    (void)madvise((void *)(uintptr_t)map->header, (size_t)map->header->file_bytes, MADV_DONTNEED);
}
