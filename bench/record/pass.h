/*
 * pass: what one tool said about one row under one workload, in a short trial of its own. Plain
 * data, like record.h: made by passes, written and read by store. A pass is never a measurement of
 * memory: tools slow the subject down and change its heap.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "record.h"

enum pass_kind {
    PASS_NOT_FREED,   /* a leak tool that counts all that was not freed */
    PASS_UNREACHABLE, /* one that counts only what nothing points to */
    PASS_LEDGER,      /* the preloaded counter: live, and a check of the allocator's own count */
};
extern const char *const pass_kind_names[]; /* "not freed", "unreachable", "ledger" */

/* Where memory that was live at the end of the load, and not before it, was allocated. */
struct pass_site {
    char *function; /* the innermost frame outside the allocator, as its viewer named it */
    int64_t blocks;
    int64_t bytes;
};

struct pass {
    char *workload;
    char *row;
    char *tool;    /* "heapcheck" */
    char *setting; /* exact: "HEAPCHECK=normal …"; NULL where the tool needs none */
    char *version; /* of the allocator; NULL */
    enum pass_kind kind;
    char *unavailable; /* why there are no figures; NULL: there are */
    int64_t cycles;    /* of this pass */
    int64_t elapsed_ns;
    int64_t blocks; /* not freed, unreachable; ledger: live at exit */
    int64_t bytes;
    int64_t remainder_blocks; /* what a clean subject reads under this tool; 0 unless measured */
    int64_t remainder_bytes;
    int64_t lost_blocks; /* lost on purpose, as the subject itself counted: what must be found */
    int64_t lost_bytes;

    /* Ledger alone: when all had left and it was quiet. */
    int64_t live_bytes; /* usable bytes, as malloc_usable_size() says */
    int64_t live_blocks;
    int64_t own_live_bytes; /* the allocator's own count at the same moment; RECORD_NA */
    int64_t calls;
    int64_t requested_bytes;  /* asked for in all */
    int64_t overhead_bytes;   /* per block, that the allocator's own count includes */
    int64_t excess_max_bytes; /* and that it may include beyond that, in all its threads */
    char *excess;             /* what that is; NULL: nothing */

    /* Profilers alone. */
    struct pass_site *sites; /* largest first */
    size_t site_count;
    char *collapsed;  /* file of collapsed stacks in the run's folder (bytes); NULL */
    char *symbols;    /* which libraries have no symbols, and what to do; NULL: all have */
    char *no_profile; /* why there are no sites; NULL: there are, or it is no profiler */

    struct record record; /* the trial under the tool; samples only where they were loaded */
};

void pass_init(struct pass *pass);
void pass_release(struct pass *pass);
DEFINE_AUTO(pass, pass_release)
