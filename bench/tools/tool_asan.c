#include "tool.h"

#include <stddef.h>

const struct tool tool_asan = {
    .name = "asan",
    .summary = "AddressSanitizer build of the subject: leaks, and wrong accesses on the way",
    .package = "Debian: apt install libasan8 (a build with HEAPCHURN_SANITIZE has none)",
    .allocator = "glibc",
    .program_suffix = "asan",
    .environment = WORDS{"ASAN_OPTIONS=exitcode=0:detect_leaks=1",
                         "LSAN_OPTIONS=exitcode=0:log_threads=1", NULL},
    .slowdown = 1.5,
    .sources = {{MOMENT_LOST, TOOL_LOG, -1, read_lsan}},
    TOOL_COUNTS_UNREACHABLE,
    .raw = TOOL_LOG,
};
