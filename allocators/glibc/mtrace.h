/*
 * mtrace: the trace that glibc writes of every call, and what of it was never freed.
 *
 *     @ ./peer:[0x1264] + 0x5641943974a0 0x3e8      block, size
 *     @ ./peer:[0x1280] - 0x5641943974a0            free
 *     @ ./peer:[0x1290] < 0x5641943974a0            realloc: the old block, then
 *     @ ./peer:[0x1290] > 0x564194397890 0x7d0      the new one
 *     @ ./peer:[0x12a0] ! 0x564194397890 0x7d0      realloc that failed: nothing changed
 *
 * The first line is "= Start", the last one "= End". Blocks older than the trace are freed in it
 * without having been allocated; that is no fault.
 */
#pragma once

#include "allocator_tool.h"

int mtrace_read(FILE *in, struct allocator_leak *out, struct err *err);
