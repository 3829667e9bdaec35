#include "tool.h"

#include <stddef.h>

const struct diagnose_tool tool_mtrace = {
    .name = "mtrace",
    .summary = "glibc's trace of every call: what was never freed, by the immediate caller",
    .needs_library = "libc_malloc_debug.so.0",
    .package = "it is part of glibc 2.34 and later",
    .allocator = "glibc",
    .own_tool = "mtrace",
    .slowdown = 5,
    .sources = {{MOMENT_LOST, "mtrace.txt", -1, read_mtrace}},
    .lacks = {[MOMENT_LIVE] = "its trace is buffered: only whole when the program has ended"},
    .raw = "mtrace.txt (mtrace PROGRAM mtrace.txt)",
};
