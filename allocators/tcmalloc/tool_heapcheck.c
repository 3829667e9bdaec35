#include <stdio.h>

#include "heapcheck.h"

const char *heapcheck_unavailable(const char *version)
{
    int major = 0;
    int minor = 0;
    if (sscanf(version, "%d.%d", &major, &minor) != 2)
        return "this version of gperftools is not known to have the heap checker";
    return major > 2 || (major == 2 && minor >= 17)
               ? "gperftools 2.17 and later have no heap checker and ignore HEAPCHECK in silence"
               : NULL;
}

const struct tool tool_heapcheck = {
    .name = "heapcheck",
    .summary = "gperftools' heap checker: blocks that nothing points to at the end",
    .package = "Debian: apt install libgoogle-perftools-dev",
    HEAPCHECK("normal"),
    .elsewhere = "libtcmalloc.so.4",
    TOOL_COUNTS_UNREACHABLE,
    .by_default = true,
    .in_programs = true,
    .slowdown = 3,
    .raw = TOOL_LOG,
};
