#include "tool.h"

#include <stddef.h>

const struct tool tool_mtrace = {
    .name = "mtrace",
    .summary = "glibc's trace of every call: what was never freed, by the immediate caller",
    .needs_library = "libc_malloc_debug.so.0",
    .package = "it is part of glibc 2.34 and later",
    .allocator = "glibc",
    .environment = WORDS{"LD_PRELOAD=libc_malloc_debug.so.0", "MALLOC_TRACE=%/mtrace.txt", NULL},
    .dumps = "mtrace.txt",
    .kind = TOOL_NOT_FREED,
    .figures = TOOL_READS_LOST,
    .by_default = true,
    .slowdown = 5,
    .at_quiet = {{.file = "mtrace-live.txt", .argv = WORDS{"cat", "%/mtrace.txt", NULL}}},
    .sources = {{MOMENT_LIVE, "mtrace-live.txt", -1, read_mtrace},
                {MOMENT_LOST, TOOL_DUMPS, -1, read_mtrace}},
    .blind =
        "it knows the immediate caller alone, so that all of C++'s new is one place; and while "
        "the program runs its last calls, of 512 bytes, are not in the trace yet",
    .raw = "mtrace.txt (mtrace PROGRAM mtrace.txt)",
};
