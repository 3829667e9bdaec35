#include <stddef.h>

#include "heapcheck.h"

const struct tool tool_heapprofile = {
    .name = "heapprofile",
    .summary = "gperftools' heap profiler: every block by stack",
    .package = "Debian: apt install libgoogle-perftools-dev",
    .allocator = "tcmalloc",
    .environment = WORDS{"HEAPPROFILE=%/hp", "HEAP_PROFILE_ALLOCATION_INTERVAL=0",
                         "HEAP_PROFILE_INUSE_INTERVAL=0", UNWINDER, NULL},
    .elsewhere = "libtcmalloc.so.4",
    .asks_dumps = true,
    .dumps = "hp.*.heap",
    .dumps_after_exec = "hp_@.*.heap",
    .kind = TOOL_NOT_FREED,
    .figures = TOOL_READS_LOST,
    .by_default = true,
    .in_programs = true,
    /* Reads these dumps as well as google-pprof, which ended with gperftools 2.16. */
    .viewer = "jeprof",
    .viewer_package = "libjemalloc-dev",
    .slowdown = 3,
    .after = {{.file = "pprof-live.txt",
               .argv =
                   WORDS{"sh", "-c", "jeprof --text \"$0\" \"$1\"/hp.0002.heap", "!", "%", NULL}}},
    .sources = {{MOMENT_LIVE, TOOL_DUMPS, 1, read_heap_dump},
                {MOMENT_LOST, TOOL_DUMPS, -1, read_heap_dump}},
    .raw = "hp.*.heap (jeprof), pprof-live.txt",
};
