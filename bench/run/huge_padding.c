#include "huge_padding.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "mappings.h"

#define READ_MAX (INT64_C(2) << 30)

struct look {
    int pagemap_fd, memory_fd;
    size_t page, huge; /* bytes */
    char *bytes;       /* room for one huge page */
    uint64_t *entries; /* and for what pagemap says of its small ones */
};

/* Is each of its pages there, and anonymous? */
static bool is_resident(const struct look *look, uint64_t start)
{
    const uint64_t present = UINT64_C(1) << 63, of_file = UINT64_C(1) << 61;
    size_t count = look->huge / look->page, size = count * sizeof *look->entries;
    off_t at = (off_t)(start / look->page * sizeof *look->entries);
    if (pread(look->pagemap_fd, look->entries, size, at) != (ssize_t)size)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!(look->entries[i] & present) || look->entries[i] & of_file)
            return false;
    return true;
}

static bool is_zero(const char *page, size_t size)
{
    return page[0] == '\0' && memcmp(page, page + 1, size - 1) == 0;
}

/* Of the region that begins here, which may be gone by now; -errno: it cannot be read. */
static int64_t zero_bytes(const struct look *look, uint64_t start)
{
    int64_t bytes = 0;
    errno = 0;
    ssize_t got = pread(look->memory_fd, look->bytes, look->huge, (off_t)start);
    if (got <= 0 && errno != EIO)
        return got < 0 ? -errno : -ESRCH;
    if (got != (ssize_t)look->huge)
        return 0;
    for (size_t at = 0; at < look->huge; at += look->page)
        bytes += is_zero(look->bytes + at, look->page) ? (int64_t)look->page : 0;
    return bytes;
}

static int64_t of_mapping(const struct look *look, const struct mapping *mapping)
{
    int64_t bytes = 0;
    uint64_t first = (mapping->start + look->huge - 1) / look->huge * look->huge;
    for (uint64_t start = first; start + look->huge <= mapping->end; start += look->huge) {
        if (!is_resident(look, start))
            continue;
        int64_t zero = zero_bytes(look, start);
        if (zero < 0)
            return zero;
        bytes += zero;
    }
    return bytes < mapping->anon_huge_bytes ? bytes : mapping->anon_huge_bytes;
}

static int64_t of_all(const struct look *look, const struct mappings *mappings,
                      int64_t *out_huge_bytes)
{
    int64_t bytes = 0, to_read = 0, huge_bytes = 0;
    for (size_t i = 0; i < mappings->count; i++) {
        to_read += mappings->list[i].anon_huge_bytes > 0 ? mappings->list[i].rss_bytes : 0;
        huge_bytes += mappings->list[i].anon_huge_bytes;
    }
    if (to_read > READ_MAX)
        return -EFBIG;
    for (size_t i = 0; i < mappings->count; i++) {
        int64_t more =
            mappings->list[i].anon_huge_bytes > 0 ? of_mapping(look, &mappings->list[i]) : 0;
        if (more < 0)
            return more;
        bytes += more;
    }
    if (out_huge_bytes)
        *out_huge_bytes = huge_bytes;
    return bytes;
}

/* As the kernel says; 0: it has none. */
static size_t huge_page_bytes(void)
{
    char text[32] = "";
    AUTO_CLOSE int fd =
        open("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, text, sizeof text - 1) > 0 ? strtoul(text, NULL, 10) : 0;
}

int64_t huge_padding_bytes(int dir_fd, int64_t *out_huge_bytes)
{
    AUTO(mappings) struct mappings mappings = {.list = NULL};
    AUTO_CLOSE int pagemap_fd = openat(dir_fd, "pagemap", O_RDONLY | O_CLOEXEC);
    AUTO_CLOSE int memory_fd = pagemap_fd < 0 ? -1 : openat(dir_fd, "mem", O_RDONLY | O_CLOEXEC);
    if (memory_fd < 0)
        return -errno;
    struct look look = {.pagemap_fd = pagemap_fd,
                        .memory_fd = memory_fd,
                        .page = (size_t)sysconf(_SC_PAGESIZE),
                        .huge = huge_page_bytes()};
    int code = mappings_read(dir_fd, &mappings, NULL);
    if (code < 0)
        return code;
    if (look.page == 0 || look.huge < look.page || look.huge % look.page != 0)
        return -ENOTSUP;
    AUTO_FREE char *bytes = look.bytes = malloc(look.huge);
    AUTO_FREE uint64_t *entries = look.entries = calloc(look.huge / look.page, sizeof *entries);
    return bytes && entries ? of_all(&look, &mappings, out_huge_bytes) : -ENOMEM;
}
