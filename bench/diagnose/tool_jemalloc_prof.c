#include "tool.h"

#include <stddef.h>

#define WORDS (const char *const[])

const struct diagnose_tool tool_jemalloc_prof = {
    .name = "jemalloc-prof",
    .summary = "jemalloc's heap profiler, every block: bytes are rounded up to pages",
    .package = "Debian: apt install libjemalloc-dev",
    .allocator = "jemalloc",
    .own_tool = "prof_leak",
    .elsewhere = "libjemalloc.so.2",
    .dumps = true,
    .slowdown = 2,
    .after = {{.file = "jeprof-live.txt",
               .argv = WORDS{"sh", "-c", "jeprof --text --show_bytes \"$0\" \"$1\"/je.*.1.m*.heap",
                             "!", "%", NULL}}},
    .sources = {{MOMENT_LIVE, TOOL_DUMPS, 1, read_heap_dump},
                {MOMENT_LOST, TOOL_DUMPS, -1, read_heap_dump}},
    .lacks = {[MOMENT_TOTAL] = "jemalloc accumulates totals only with prof_accum:true"},
    .raw = "je.*.heap (jeprof), jeprof-live.txt",
};
