#include "mapping_marks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "procfs.h"

enum { STACK_SIZES_MAX = 16 };

static const uint64_t glibc_heap_bytes = 64ULL << 20; /* 2 * DEFAULT_MMAP_THRESHOLD_MAX, 64 bit */
static const uint64_t guard_bytes_max = 64ULL << 10;

struct sizes {
    uint64_t list[STACK_SIZES_MAX];
    size_t count;
};

static uint64_t size_of(const struct mapping *mapping)
{
    return mapping->end - mapping->start;
}

static bool is_reserve(const struct mapping *mapping)
{
    return strcmp(mapping->permissions, "---p") == 0 && mapping->name[0] == '\0';
}

static bool is_plain(const struct mapping *mapping)
{
    return mapping->kind == MAPPING_ANONYMOUS && strncmp(mapping->permissions, "rw-p", 4) == 0;
}

static bool is_named_arena(const char *name)
{
    static const char *const parts[] = {"malloc", "scudo", "snmalloc", "rpmalloc"};
    if (strncmp(name, "[anon:", 6) != 0)
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        if (strstr(name, parts[i]))
            return true;
    return false;
}

static void mark_arenas(struct mappings *mappings)
{
    for (size_t i = 0; i < mappings->count; i++) {
        struct mapping *mapping = &mappings->list[i];
        const struct mapping *next = i + 1 < mappings->count ? mapping + 1 : NULL;
        if (!is_plain(mapping))
            continue;
        uint64_t limit = mapping->start + glibc_heap_bytes;
        bool whole = mapping->end == limit;
        bool reserved =
            next && is_reserve(next) && next->start == mapping->end && next->end == limit;
        if (is_named_arena(mapping->name) ||
            (mapping->name[0] == '\0' && mapping->start % glibc_heap_bytes == 0 &&
             (whole || reserved)))
            mapping->kind = MAPPING_ARENA;
    }
}

/* The guard below it, where there is one; else 0. */
static uint64_t guard_size(const struct mappings *mappings, size_t i)
{
    const struct mapping *mapping = &mappings->list[i];
    const struct mapping *below = i > 0 ? mapping - 1 : NULL;
    bool guarded = below && is_reserve(below) && below->end == mapping->start &&
                   size_of(below) <= guard_bytes_max;
    return guarded ? size_of(below) : 0;
}

/* glibc adds the guard of a default stack to its size, and takes it out of one that was asked for
 * (pthread_attr_setguardsize(3), BUGS): with or without it the size may be the known one. */
static bool has_stack_size(const struct mappings *mappings, size_t i, const struct sizes *sizes)
{
    uint64_t size = size_of(&mappings->list[i]);
    uint64_t guard = guard_size(mappings, i);
    for (size_t k = 0; guard && k < sizes->count; k++)
        if (sizes->list[k] == size || sizes->list[k] == size + guard)
            return true;
    return false;
}

static void mark_stacks(struct mappings *mappings, const struct sizes *sizes)
{
    for (size_t i = 0; i < mappings->count; i++) {
        struct mapping *mapping = &mappings->list[i];
        bool named = strstr(mapping->name, "pthread stack"); /* glibc.mem.decorate_maps, 2.39 */
        if (is_plain(mapping) &&
            (named || mapping->guards_inside || has_stack_size(mappings, i, sizes)))
            mapping->kind = MAPPING_STACK;
    }
}

void mapping_marks_by_shape(struct mappings *mappings, uint64_t stack_bytes)
{
    struct sizes sizes = {.list = {stack_bytes}, .count = stack_bytes != 0};
    mark_arenas(mappings);
    mark_stacks(mappings, &sizes);
}

/* "NR ARGUMENTS… SP PC", "-1 SP PC", or "running". 0, or errno when it may not be read. */
static int stack_pointer(int tasks_fd, const char *thread, uint64_t *out)
{
    char path[300];
    char text[512] = "";
    (void)snprintf(path, sizeof path, "%s/syscall", thread);
    AUTO_CLOSE int fd = openat(tasks_fd, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof text - 1) < 0)
        return errno == ENOENT || errno == ESRCH ? 0 : errno; /* it has ended meanwhile */
    char *last = strrchr(text, ' ');
    if (!last)
        return 0;
    *last = '\0';
    const char *pointer = strrchr(text, ' ');
    if (pointer)
        (void)sscanf(pointer, " %" SCNx64, out);
    return 0;
}

/* The mapping that holds `address`, by bisection; `count` when there is none. */
static size_t holder(const struct mappings *mappings, uint64_t address)
{
    size_t low = 0;
    size_t high = mappings->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (mappings->list[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low < mappings->count && mappings->list[low].start <= address ? low : mappings->count;
}

static void mark_stack(struct mappings *mappings, uint64_t pointer, struct sizes *sizes)
{
    size_t i = holder(mappings, pointer);
    if (i == mappings->count || mappings->list[i].kind != MAPPING_ANONYMOUS)
        return;
    if (guard_size(mappings, i) && sizes->count < STACK_SIZES_MAX &&
        !has_stack_size(mappings, i, sizes))
        sizes->list[sizes->count++] = size_of(&mappings->list[i]);
    mappings->list[i].kind = MAPPING_STACK;
}

/* Soft limit of "Max stack size"; 0 when unlimited or not told. */
static uint64_t stack_limit(int dir_fd)
{
    static const char key[] = "Max stack size";
    char text[4096];
    uint64_t bytes = 0;
    if (procfs_slurp(dir_fd, "limits", text, sizeof text) <= 0)
        return 0;
    const char *line = strstr(text, key);
    return line && sscanf(line + sizeof key - 1, "%" SCNu64, &bytes) == 1 ? bytes : 0;
}

void mapping_marks_set(int dir_fd, struct mappings *mappings)
{
    uint64_t limit = stack_limit(dir_fd);
    struct sizes sizes = {.list = {limit}, .count = limit != 0};
    size_t threads = 0;
    mark_arenas(mappings);
    int fd = openat(dir_fd, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *tasks = fd >= 0 ? fdopendir(fd) : NULL;
    if (!tasks) {
        cleanup_close(&fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(tasks)) != NULL;) {
        uint64_t pointer = 0;
        if (entry->d_name[0] == '.')
            continue;
        int error = stack_pointer(fd, entry->d_name, &pointer);
        if (error && ++threads > 1) /* the stack of the main one, listed first, has a name */
            mappings->stacks_error = error;
        mark_stack(mappings, pointer, &sizes);
    }
    (void)closedir(tasks);
    mark_stacks(mappings, &sizes);
}
