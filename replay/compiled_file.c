#include "compiled_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { GROWS_BY = 16 << 20 };

static int make_room(struct compiled_file *file, uint64_t needed, struct err *err)
{
    if (needed <= file->mapped_bytes)
        return 0;
    size_t more = file->mapped_bytes / 4 > GROWS_BY ? file->mapped_bytes / 4 : GROWS_BY;
    size_t size = ((size_t)needed + more) & ~(size_t)4095;
    int code =
        posix_fallocate(file->fd, (off_t)file->mapped_bytes, (off_t)(size - file->mapped_bytes));
    if (code != 0)
        return err_set(
            err, -code,
            "no room for the compiled trace, %zu MB up to here: %s; TMPDIR names another "
            "folder",
            size >> 20, strerror(code));
    void *base = file->base ? mremap(file->base, file->mapped_bytes, size, MREMAP_MAYMOVE)
                            : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file->fd, 0);
    if (base == MAP_FAILED)
        return err_set(err, -errno, "the compiled trace cannot be mapped: %s", strerror(errno));
    file->base = base;
    file->mapped_bytes = size;
    return 0;
}

int compiled_file_open(struct compiled_file *file, int fd, struct err *err)
{
    *file = (struct compiled_file){.fd = fd, .used_bytes = COMPILED_SEGMENTS_AT};
    return make_room(file, COMPILED_SEGMENTS_AT, err);
}

/* What was asked for in advance is given back. */
void compiled_file_close(struct compiled_file *file)
{
    if (!file->base)
        return;
    (void)munmap(file->base, file->mapped_bytes);
    (void)ftruncate(file->fd, (off_t)file->used_bytes);
    file->base = NULL;
}

int compiled_file_add_segment(struct compiled_file *file, uint32_t units, uint32_t *out_number,
                              struct err *err)
{
    uint64_t bytes = (uint64_t)units * COMPILED_UNIT_WORDS * sizeof(uint64_t);
    int code = make_room(file, file->used_bytes + bytes, err);
    if (code < 0)
        return code;
    if (file->unit_count + units > UINT32_MAX)
        return err_set(err, -EFBIG, "the trace is too long to be played");
    *out_number = (uint32_t)file->unit_count;
    file->unit_count += units;
    file->used_bytes += bytes;
    return 0;
}

int compiled_file_append(struct compiled_file *file, const void *bytes, uint64_t count,
                         uint64_t *out_offset, struct err *err)
{
    uint64_t at = (file->used_bytes + 7) & ~UINT64_C(7);
    int code = make_room(file, at + count, err);
    if (code < 0)
        return code;
    (void)memcpy((char *)file->base + at, bytes, count);
    file->used_bytes = at + count;
    if (out_offset)
        *out_offset = at;
    return 0;
}
