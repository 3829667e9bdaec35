#include "heap_pages.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "elf_image.h"

/* As the process finds it: it may be in another root. */
static int64_t bss_of_file(int dir_fd, const char *path)
{
    char inside[MAPPING_NAME_MAX + 8];
    (void)snprintf(inside, sizeof inside, "root%s", path);
    AUTO_CLOSE int fd = openat(dir_fd, inside, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    return fd < 0 ? 0 : elf_image_bss_bytes(fd);
}

/* A file's own memory behind it; `file` lies right below. */
static int64_t bss_bytes(int dir_fd, const struct mapping *file, const struct mapping *mapping)
{
    if (mapping->anon_bytes == 0 || mapping->kind != MAPPING_ANONYMOUS || mapping->name[0] ||
        file->kind != MAPPING_FILE || file->permissions[3] != 'p' || file->end != mapping->start)
        return 0;
    int64_t most = bss_of_file(dir_fd, file->name);
    return most < mapping->anon_bytes ? most : mapping->anon_bytes;
}

static bool is_heap(enum mapping_kind kind)
{
    return kind == MAPPING_HEAP || kind == MAPPING_ARENA || kind == MAPPING_ANONYMOUS;
}

int heap_pages_look(int dir_fd, struct heap_pages *out)
{
    AUTO(mappings) struct mappings mappings = {.count = 0};
    struct heap_pages pages = {.anon_bytes = 0};
    int code = mappings_read(dir_fd, &mappings, NULL);
    if (code < 0)
        return code;
    for (size_t i = 0; i < mappings.count; i++) {
        const struct mapping *mapping = &mappings.list[i];
        pages.anon_bytes += mapping->anon_bytes;
        if (!is_heap(mapping->kind))
            pages.outside_bytes += mapping->anon_bytes;
        else if (i > 0)
            pages.outside_bytes += bss_bytes(dir_fd, mapping - 1, mapping);
    }
    *out = pages;
    return 0;
}
