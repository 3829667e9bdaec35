/*
 * mappings: the address space of a process as /proc/PID/smaps lists it, which kind of memory each
 * piece is, and what changed between two looks.
 *
 * Mappings have no identity of their own: a heap grows at its end, neighbouring anonymous mappings
 * are merged and split by the kernel at any time. Two looks are therefore matched by address:
 * mappings of the same name whose ranges overlap are one piece of memory, however many entries
 * either look has for it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cleanup.h"
#include "err.h"

enum mapping_kind {
    MAPPING_HEAP,      /* [heap]: what brk moves, glibc's main arena */
    MAPPING_ARENA,     /* an allocator's, where it can be recognised: mapping_marks.h */
    MAPPING_STACK,     /* of a thread, also of one that has ended and was never joined */
    MAPPING_ANONYMOUS, /* private, no file: mmap of the program or of an allocator */
    MAPPING_SHARED,    /* memfd, shmget, tmpfs, shared without a file: not anonymous */
    MAPPING_FILE,
    MAPPING_KINDS
};
extern const char *const mapping_kind_names[]; /* "heap", "arenas", "stacks", "anonymous", … */

enum { MAPPING_NAME_MAX = 128 };

struct mapping {
    uint64_t start, end;
    enum mapping_kind kind;
    int64_t rss_bytes;
    int64_t pss_bytes;
    int64_t anon_bytes; /* resident pages that no file backs; of a file: written to privately */
    int64_t lazy_free_bytes;
    int64_t anon_huge_bytes;
    int64_t swap_bytes;
    bool guards_inside; /* guards within it, and no huge pages: "gu" and "nh" of its VmFlags */
    char permissions[8];
    char name[MAPPING_NAME_MAX]; /* path or "[heap]"; "" when anonymous */
};

struct mappings {
    struct mapping *list; /* in order of address */
    size_t count;
    int stacks_error; /* errno why the stacks of threads could not be told apart; 0 */
};

enum mapping_event { MAPPING_GROWN, MAPPING_SHRUNK, MAPPING_NEW, MAPPING_GONE };
extern const char *const mapping_event_names[]; /* "grown", "shrunk", "new", "gone" */

struct mapping_change {
    enum mapping_event event;
    uint64_t start, end; /* of both looks together */
    enum mapping_kind kind;
    int64_t rss_before, rss_after;
    int64_t size_before, size_after;
    char name[MAPPING_NAME_MAX];
};

struct mapping_changes {
    struct mapping_change *list; /* the largest change of resident memory first */
    size_t count;
};

/* Parse the text of smaps; kinds are as names tell. -EPROTO when it is none; a last entry cut short
 * is left out. */
int mappings_parse(const char *text, struct mappings *out);

/* Read them of the process in `dir_fd` (/proc/PID), stacks and arenas marked. -ESRCH: it has ended;
 * -EACCES, -EPERM: the kernel shows them to others only. */
int mappings_read(int dir_fd, struct mappings *out, struct err *err);

/* Resident bytes of the stacks of all threads; -1: the kernel does not tell. */
int64_t mappings_stack_bytes(int dir_fd);

/* Only what differs in size or resident memory. */
void mappings_compare(const struct mappings *before, const struct mappings *after,
                      struct mapping_changes *out);

/* Resident bytes of each kind. */
void mappings_totals(const struct mappings *mappings, int64_t out_rss[MAPPING_KINDS]);

void mappings_release(struct mappings *mappings);
void mapping_changes_release(struct mapping_changes *changes);
DEFINE_AUTO(mappings, mappings_release)
DEFINE_AUTO(mapping_changes, mapping_changes_release)
