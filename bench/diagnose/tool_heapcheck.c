#include "tool.h"

#include <stddef.h>

const struct diagnose_tool tool_heapcheck = {
    .name = "heapcheck",
    .summary = "gperftools' heap checker: blocks that nothing points to at the end",
    .package = "Debian: apt install libgoogle-perftools-dev",
    .allocator = "tcmalloc",
    .own_tool = "heapcheck",
    .elsewhere = "libtcmalloc.so.4",
    .slowdown = 3,
    .sources = {{MOMENT_LOST, TOOL_LOG, -1, read_heapcheck}},
    TOOL_COUNTS_UNREACHABLE,
    .raw = TOOL_LOG,
};
