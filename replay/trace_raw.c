#include "trace_raw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "grow.h"
#include "trace_words.h"

/* By clock; what stands in an earlier slot may have begun later, since slots are passed on. */
static int by_clock(const void *left, const void *right)
{
    const struct trace_chunk *a = &((const struct trace_raw_chunk *)left)->header;
    const struct trace_chunk *b = &((const struct trace_raw_chunk *)right)->header;
    if (a->clock != b->clock)
        return a->clock < b->clock ? -1 : 1;
    if (a->stream != b->stream)
        return a->stream < b->stream ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static uint32_t slot_room(const struct trace_raw *raw, size_t slot)
{
    size_t left = raw->size - slot;
    return left < TRACE_SLOT_BYTES ? (uint32_t)left : TRACE_SLOT_BYTES;
}

static void damaged(struct trace_raw *raw, uint64_t calls)
{
    raw->damaged++;
    raw->damaged_calls += calls ? calls : 1;
}

/* What is known of the chunk at these bytes. False: its checksum says otherwise. */
static bool read_chunk(const uint8_t *at, uint32_t room, struct trace_raw_chunk *out,
                       uint64_t *out_calls)
{
    struct trace_chunk *header = &out->header;
    (void)memcpy(header, at, sizeof *header);
    out->events = at + sizeof *header;
    room -= (uint32_t)sizeof *header;
    bool done = header->used_bytes != 0;
    if (header->used_bytes > room)
        return false;
    uint32_t whole = trace_whole_calls(out->events, done ? header->used_bytes : room, out_calls);
    if (done && whole != header->used_bytes)
        return false;
    header->used_bytes = whole;
    return done || header->checksum ? header->checksum == trace_chunk_checksum(header, out->events)
                                    : true;
}

static void add_slot(struct trace_raw *raw, size_t slot)
{
    const uint32_t header_bytes = (uint32_t)sizeof(struct trace_chunk);
    uint32_t room = slot_room(raw, slot);
    uint32_t offset = 0;
    while (offset < room && room - offset > header_bytes) {
        const uint8_t *at = raw->bytes + slot + offset;
        struct trace_raw_chunk chunk;
        uint64_t calls = 0;
        uint32_t magic = 0;
        (void)memcpy(&magic, at, sizeof magic);
        if (magic == 0) /* it is written last */
            return;
        if (magic != TRACE_CHUNK_MAGIC || !read_chunk(at, room - offset, &chunk, &calls)) {
            damaged(raw, calls);
            return;
        }
        raw->unfinished += chunk.header.checksum == 0;
        chunk.header.checksum = 0;
        raw->calls += calls;
        raw->event_bytes += chunk.header.used_bytes;
        raw->chunks = grow(raw->chunks, raw->count, sizeof *raw->chunks);
        raw->chunks[raw->count++] = chunk;
        offset = trace_next_chunk(offset, chunk.header.used_bytes);
    }
}

/* Slots that nobody took are holes. Those taken are counted in the file, but by who may be dead:
 * the file says where there is data. */
static void add_slots(struct trace_raw *raw, int fd)
{
    off_t size = (off_t)raw->size;
    off_t at = TRACE_SLOT_BYTES;
    while (at < size) {
        off_t data = lseek(fd, at, SEEK_DATA);
        if (data < 0 && errno == ENXIO)
            return;
        off_t slot = data < at ? at : data - data % TRACE_SLOT_BYTES;
        add_slot(raw, (size_t)slot);
        at = slot + TRACE_SLOT_BYTES;
    }
}

static int check(const struct trace_raw *raw, const char *path, struct err *err)
{
    const struct trace_control *control = raw->control;
    if (memcmp(control->magic, TRACE_MAGIC, sizeof control->magic) != 0)
        return err_set(err, -EINVAL, "%s is no trace", path);
    if (control->byte_order != TRACE_BYTE_ORDER)
        return err_set(err, -EINVAL, "%s was recorded on a machine of another byte order", path);
    if (control->version != TRACE_VERSION)
        return err_set(err, -EINVAL, "%s is a trace of version %u; this heapchurn reads version %d",
                       path, control->version, TRACE_VERSION);
    if (control->form != TRACE_RAW || control->slot_bytes != TRACE_SLOT_BYTES)
        return err_set(err, -EINVAL, "%s is no raw trace", path);
    return 0;
}

bool trace_raw_is(const char *path)
{
    struct trace_control control;
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    return fd >= 0 && pread(fd, &control, sizeof control, 0) == (ssize_t)sizeof control &&
           memcmp(control.magic, TRACE_MAGIC, sizeof control.magic) == 0 &&
           control.form == TRACE_RAW;
}

int trace_raw_open(const char *path, struct trace_raw *out, struct err *err)
{
    struct trace_raw raw = {.bytes = NULL};
    struct stat about;
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &about) < 0)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    if (!S_ISREG(about.st_mode))
        return err_set(err, -EINVAL, "%s is no file with a trace in it", path);
    if (about.st_size < TRACE_CONTROL_BYTES)
        return err_set(err, -EINVAL, "%s is no trace: it has %lld bytes", path,
                       (long long)about.st_size);
    raw.size = (size_t)about.st_size;
    void *bytes = mmap(NULL, raw.size, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    raw.bytes = bytes;
    raw.control = bytes;
    int code = check(&raw, path, err);
    if (code < 0) {
        trace_raw_close(&raw);
        return code;
    }
    add_slots(&raw, fd);
    if (raw.count > 0)
        qsort(raw.chunks, raw.count, sizeof *raw.chunks, by_clock);
    *out = raw;
    return 0;
}

void trace_raw_close(struct trace_raw *raw)
{
    if (raw->bytes)
        (void)munmap((void *)(uintptr_t)raw->bytes, raw->size);
    free(raw->chunks);
    *raw = (struct trace_raw){.bytes = NULL};
}

int trace_raw_set_time(const char *path, uint32_t ns_per_ms, struct err *err)
{
    AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);
    const off_t at = offsetof(struct trace_control, original_ns_per_ms);
    if (fd < 0 || pwrite(fd, &ns_per_ms, sizeof ns_per_ms, at) != (ssize_t)sizeof ns_per_ms)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    return 0;
}
