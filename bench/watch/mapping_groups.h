/*
 * mapping_groups: like mappings taken together, so that a thousand of them are read as one line:
 * "137 stacks of 8 MiB, 8 KiB resident each; the process has 1 thread".
 *
 * What is alike: the kind, and of files, shared memory and named memory the name, of stacks and
 * anonymous memory the size. Arenas of glibc are one group, whatever their size.
 */
#pragma once

#include <stdbool.h>

#include "mappings.h"

struct mapping_group {
    enum mapping_kind kind;
    size_t count;
    int64_t size_bytes; /* of each where they have one size, else of all together */
    bool same_size;
    int64_t rss_bytes; /* of all together */
    char name[MAPPING_NAME_MAX];
};

struct mapping_groups {
    struct mapping_group *list; /* the most resident first */
    size_t count;
};

void mapping_groups_make(const struct mappings *mappings, struct mapping_groups *out);
void mapping_groups_release(struct mapping_groups *groups);
DEFINE_AUTO(mapping_groups, mapping_groups_release)

/* What the group is, in words, without its resident bytes. `threads` of the process: stacks beyond
 * them are told; RECORD_NA: not known. Returns `out`. */
const char *mapping_group_text(const struct mapping_group *group, int64_t threads, char *out,
                               size_t size);
