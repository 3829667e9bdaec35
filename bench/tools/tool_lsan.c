#include "tool.h"

#include <stddef.h>

const struct tool tool_lsan = {
    .name = "lsan",
    .summary = "LeakSanitizer build of the subject: blocks that nothing points to at the end",
    .package = "Debian: apt install liblsan0 (a build with HEAPCHURN_SANITIZE has none)",
    .allocator = "glibc",
    .program_suffix = "lsan",
    .environment = WORDS{"LSAN_OPTIONS=exitcode=0:log_threads=1", NULL},
    .elsewhere = "liblsan.so.0",
    .slowdown = 1.2,
    .sources = {{MOMENT_LOST, TOOL_LOG, -1, read_lsan}},
    TOOL_COUNTS_UNREACHABLE,
    .raw = TOOL_LOG,
};
