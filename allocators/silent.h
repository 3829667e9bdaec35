/*
 * silent: what adapters have in common whose allocator tells little. Hooks of one that tells
 * nothing of itself while a program runs (rpmalloc, snmalloc): it is proved by who serves malloc
 * and by libc's own count, which must not move (agent/identity.h), and its live bytes are the
 * ledger's.
 */
#pragma once

#include "allocator.h"

/* The rows of an allocator without settings that would be worth one: as it is, and "+nothp". */
extern const struct allocator_variant silent_variants[];

/* All of it, in a row: */
#define SILENT_HOOKS                                                             \
    .version = silent_version, .stats = silent_stats, .options = silent_options, \
    .live_at_exit = silent_live_at_exit, .variants = silent_variants

int silent_version(char *out, size_t size);                    /* "not told" */
int silent_stats(struct allocator_stats *out);                 /* all ALLOCATOR_NA */
void silent_options(allocator_option_fn *emit, void *context); /* it reads none */
int silent_live_at_exit(struct allocator_leftover *out);       /* -ENOTSUP */
