/*
 * mtrace: the trace that glibc writes of every call, followed: what of it was never freed.
 *
 *     @ ./server:[0x1264] + 0x5641943974a0 0x3e8      block, size
 *     @ ./server:[0x1280] - 0x5641943974a0            free
 *     @ ./server:[0x1290] < 0x5641943974a0            realloc: the old block, then
 *     @ ./server:[0x1290] > 0x564194397890 0x7d0      the new one
 *     @ ./server:[0x12a0] ! 0x564194397890 0x7d0      realloc that failed: nothing changed
 *     + 0x564194397e80 0x10                         from where is not known
 *
 * The first line is "= Start", the last one "= End"; a program that goes on is still writing its
 * last line. Blocks older than the trace are freed in it without having been allocated; that is no
 * fault.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <uthash.h>

#include "cleanup.h"
#include "err.h"
#include "stacks.h"

/* All calls from one place. */
struct mtrace_caller {
    char *place; /* "./server:[0x1264]", "/lib/libc.so.6:(getdelim+6f)[0x76c9f]", or "" */
    struct amount left, made; /* not freed; allocated at any time */
    UT_hash_handle hh;
};

struct mtrace {
    struct mtrace_caller *callers; /* in order of their first call; HASH_ITER walks them */
    bool ended;                    /* "= End" was there: it is all of the trace */
    size_t lines;
};

/* To the end of what is there. -EPROTO with a sentence when it is no trace. */
int mtrace_follow(FILE *in, struct mtrace *out, struct err *err);
void mtrace_release(struct mtrace *trace);
DEFINE_AUTO(mtrace, mtrace_release)
