/*
 * heapcheck: tcmalloc's heap checker, up to 2.16, in each of its modes. It writes on standard error
 *
 *     Leak check _main_ detected leaks of 100000 bytes in 100 objects
 *     No leaks found for check "_main_" (but no 100% guarantee that there aren't any): found …
 *
 * It turns itself off in silence, with exit status 0, where the process is traced, and 2.17 and
 * later ignore its variable: one of these two lines must be there.
 */
#pragma once

#include "tool.h"

/* libgcc unwinds three times faster than the default, libunwind. */
#define UNWINDER "TCMALLOC_STACKTRACE_METHOD=libgcc"

/* Whole batches of free blocks pass through a table in tcmalloc's own data, which keeps their ends
 * when they have left: for the checker, pointers to two blocks that may be lost by now (measured:
 * 998 of 1000). A batch as large as this is never full. */
#define LARGE_BATCHES "TCMALLOC_TRANSFER_NUM_OBJ=65536"

const char *heapcheck_unavailable(const char *version);

#define HEAPCHECK(mode)                                                                         \
    .unavailable = heapcheck_unavailable, .allocator = "tcmalloc",                              \
    .environment =                                                                              \
        WORDS{"HEAPCHECK=" mode, "HEAP_CHECK_DUMP_DIRECTORY=%", LARGE_BATCHES, UNWINDER, NULL}, \
    .own_exit_status = true, .figures = TOOL_READS_LOST,                                        \
    .sources = {{MOMENT_LOST, TOOL_LOG, -1, read_heapcheck}}
