#include "tool.h"

#include <stddef.h>

#define WORDS (const char *const[])

const struct diagnose_tool tool_heapprofile = {
    .name = "heapprofile",
    .summary = "gperftools' heap profiler: every block by stack",
    .package = "Debian: apt install libgoogle-perftools-dev",
    .allocator = "tcmalloc",
    .own_tool = "heapprofile",
    .elsewhere = "libtcmalloc.so.4",
    .dumps = true,
    .slowdown = 3,
    .after = {{.file = "pprof-live.txt",
               .argv =
                   WORDS{"sh", "-c", "jeprof --text \"$0\" \"$1\"/hp.0002.heap", "!", "%", NULL}}},
    .sources = {{MOMENT_LIVE, TOOL_DUMPS, 1, read_heap_dump},
                {MOMENT_LOST, TOOL_DUMPS, -1, read_heap_dump}},
    .raw = "hp.*.heap (jeprof), pprof-live.txt",
};
