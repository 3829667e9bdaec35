/*
 * heap_tools: what tcmalloc's heap checker and heap profiler write.
 *
 * The checker, up to 2.16, on standard error:
 *
 *     Leak check _main_ detected leaks of 100000 bytes in 100 objects
 *     No leaks found for check "_main_" (but no 100% guarantee that there aren't any): found …
 *
 * It turns itself off in silence, with exit status 0, where the process is traced, and 2.17 and
 * later ignore its variable: one of these two lines must be there.
 *
 * The profiler's dump, bytes as requested:
 *
 *     heap profile:    104:   101408 [ 80104: 81252946] @ heapprofile     live objects: bytes
 *
 * and at its end the process's map, so one that stops before "MAPPED_LIBRARIES:" was cut off.
 */
#pragma once

#include "allocator_tool.h"

const char *heapcheck_unavailable(const char *version);
int heapcheck_read(FILE *in, struct allocator_leak *out, struct err *err);
int heapprofile_read(FILE *in, struct allocator_leak *out, struct err *err);
