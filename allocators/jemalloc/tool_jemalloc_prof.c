#include "tool.h"

#include <stddef.h>

/* lg_prof_sample:0 records every block; whoever reads RSS or statistics of such a process reads the
 * profiler's. The final dump is written also where nothing is left, so silence is a fault. */
#define CONF                                                                                 \
    "MALLOC_CONF=abort_conf:true,prof:true,prof_leak:true,prof_final:true,lg_prof_sample:0," \
    "prof_prefix:%/je"

const struct tool tool_jemalloc_prof = {
    .name = "jemalloc-prof",
    .other_name = "prof_leak",
    .summary = "jemalloc's heap profiler, every block: bytes are rounded up to pages",
    .package = "Debian: apt install libjemalloc-dev",
    .allocator = "jemalloc",
    .environment = WORDS{CONF, NULL},
    .join = ",",
    .path_ends = ",",
    .elsewhere = "libjemalloc.so.2",
    .asks_dumps = true,
    .dumps = "je.@.*.heap",
    .last_dumps = "je.*.f.heap",
    .kind = TOOL_NOT_FREED,
    .figures = TOOL_READS_LOST,
    .by_default = true,
    .in_programs = true,
    .viewer = "jeprof",
    .viewer_package = "libjemalloc-dev",
    .slowdown = 2,
    .after = {{.file = "jeprof-live.txt",
               .argv = WORDS{"sh", "-c", "jeprof --text --show_bytes \"$0\" \"$1\"/je.*.1.m*.heap",
                             "!", "%", NULL}}},
    .sources = {{MOMENT_LIVE, TOOL_DUMPS, 1, read_heap_dump},
                {MOMENT_LOST, TOOL_DUMPS, -1, read_heap_dump}},
    .lacks = {[MOMENT_TOTAL] = "jemalloc accumulates totals only with prof_accum:true"},
    .raw = "je.*.heap (jeprof), jeprof-live.txt",
};
