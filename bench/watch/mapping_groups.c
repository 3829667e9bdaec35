#include "mapping_groups.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "mapping_marks.h"
#include "text.h"
#include "units.h"

enum { CELL = 32, STACKS_TOLERATED = 2 };

static int64_t size_of(const struct mapping *mapping)
{
    return (int64_t)(mapping->end - mapping->start);
}

static bool by_size(const struct mapping *mapping)
{
    return mapping->kind == MAPPING_STACK ||
           (mapping->kind == MAPPING_ANONYMOUS && mapping->name[0] == '\0');
}

/* The main thread's stack has a name of its own, "[stack]"; it is a stack like the others. */
static const char *name_of(const struct mapping *mapping)
{
    return mapping->kind == MAPPING_STACK ? "" : mapping->name;
}

static int compare(const struct mapping *left, const struct mapping *right)
{
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    int order = strcmp(name_of(left), name_of(right));
    if (order || !by_size(left))
        return order;
    return (size_of(left) > size_of(right)) - (size_of(left) < size_of(right));
}

static int by_likeness(const void *a, const void *b)
{
    const struct mapping *const *left = a;
    const struct mapping *const *right = b;
    return compare(*left, *right);
}

static int by_resident(const void *a, const void *b)
{
    const struct mapping_group *left = a;
    const struct mapping_group *right = b;
    return (left->rss_bytes < right->rss_bytes) - (left->rss_bytes > right->rss_bytes);
}

static void add(struct mapping_group *group, const struct mapping *mapping)
{
    int64_t size = size_of(mapping);
    if (group->count == 0) {
        *group =
            (struct mapping_group){.kind = mapping->kind, .size_bytes = size, .same_size = true};
        (void)text_copy(group->name, sizeof group->name, name_of(mapping));
    } else if (!group->same_size || group->size_bytes != size) {
        int64_t so_far =
            group->same_size ? group->size_bytes * (int64_t)group->count : group->size_bytes;
        group->size_bytes = so_far + size;
        group->same_size = false;
    }
    group->rss_bytes += mapping->rss_bytes;
    group->count++;
}

void mapping_groups_make(const struct mappings *mappings, struct mapping_groups *out)
{
    struct mapping_groups groups = {.count = 0};
    const struct mapping **order = calloc(mappings->count + 1, sizeof(struct mapping *));
    if (!order)
        abort();
    for (size_t i = 0; i < mappings->count; i++)
        order[i] = &mappings->list[i];
    qsort(order, mappings->count, sizeof(struct mapping *), by_likeness);
    for (size_t i = 0; i < mappings->count; i++) {
        if (i == 0 || compare(order[i - 1], order[i]) != 0) {
            groups.list = grow(groups.list, groups.count, sizeof *groups.list);
            groups.list[groups.count++] = (struct mapping_group){.count = 0};
        }
        add(&groups.list[groups.count - 1], order[i]);
    }
    free(order);
    if (groups.count > 1)
        qsort(groups.list, groups.count, sizeof *groups.list, by_resident);
    *out = groups;
}

void mapping_groups_release(struct mapping_groups *groups)
{
    free(groups->list);
    *groups = (struct mapping_groups){.count = 0};
}

/* A path without its folders. */
static const char *short_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash && slash[1] ? slash + 1 : name;
}

static const char *what_text(const struct mapping_group *group)
{
    static const char *const one[] = {"heap", "arena", "stack", "mapping", "mapping", "mapping"};
    bool glibc = group->kind == MAPPING_ARENA && group->name[0] == '\0';
    return glibc ? "heap of glibc's arenas" : one[group->kind];
}

static const char *many_text(const struct mapping_group *group)
{
    static const char *const many[] = {"heaps",    "arenas",   "stacks",
                                       "mappings", "mappings", "mappings"};
    bool glibc = group->kind == MAPPING_ARENA && group->name[0] == '\0';
    return glibc ? "heaps of glibc's arenas" : many[group->kind];
}

const char *mapping_group_text(const struct mapping_group *group, int64_t threads, char *out,
                               size_t size)
{
    static const char *const owner[] = {"", "", "", "anonymous ", "shared memory: ", ""};
    char each[CELL];
    char resident[CELL];
    char stacks[96] = "";
    const char *name =
        group->kind == MAPPING_ARENA && group->name[0] == '\0' ? "" : short_name(group->name);
    if (group->kind == MAPPING_STACK && threads >= 0 &&
        (int64_t)group->count > threads + STACKS_TOLERATED)
        (void)snprintf(stacks, sizeof stacks,
                       "; the process has %" PRId64 " thread%s: the others were never joined",
                       threads, threads == 1 ? "" : "s");
    (void)units_format_bytes((double)group->size_bytes, each, sizeof each);
    (void)units_format_bytes((double)group->rss_bytes / (double)group->count, resident,
                             sizeof resident);
    if (group->kind == MAPPING_HEAP)
        (void)snprintf(out, size, "heap (brk) of %s", each);
    else if (group->count == 1)
        (void)snprintf(out, size, "%s%s%s%s of %s", owner[group->kind], name, *name ? ", " : "",
                       what_text(group), each);
    else if (group->same_size)
        (void)snprintf(out, size, "%s%s%s%zu %s of %s, %s resident each%s", owner[group->kind],
                       name, *name ? ", " : "", group->count, many_text(group), each, resident,
                       stacks);
    else /* code and data of a library: no mean of them says anything */
        (void)snprintf(out, size, "%s%s%s%zu %s of %s in all%s", owner[group->kind], name,
                       *name ? ", " : "", group->count, many_text(group), each, stacks);
    return out;
}
