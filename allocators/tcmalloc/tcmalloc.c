/* gperftools tcmalloc with its heap profiler; the statistics are described in gperftools.h. */
#include <stdlib.h>

#include "gperftools.h"
#include "heap_tools.h"

extern int HeapProfilerStart(const char *) __attribute__((weak));
extern void HeapProfilerDump(const char *) __attribute__((weak));

/* What tcmalloc_minimal does not have. */
static const void *api(void)
{
    return (const void *)HeapProfilerStart;
}

static void dump_profile(void)
{
    HeapProfilerDump("asked");
}

/* libgcc unwinds three times faster than the default, libunwind. */
#define UNWINDER "TCMALLOC_STACKTRACE_METHOD=libgcc"

/* Whole batches of free blocks pass through a table in tcmalloc's own data, which keeps their ends
 * when they have left: for the checker, pointers to two blocks that may be lost by now (measured:
 * 998 of 1000). A batch as large as this is never full. */
#define LARGE_BATCHES "TCMALLOC_TRANSFER_NUM_OBJ=65536"

#define HEAPCHECK(suffix, mode)                                                            \
    .name = "heapcheck" suffix, .source = TOOL_READS_LOG, .own_exit_status = true,         \
    .environment = (const char *const[]){"HEAPCHECK=" mode, "HEAP_CHECK_DUMP_DIRECTORY=%", \
                                         LARGE_BATCHES, UNWINDER, NULL},                   \
    .unavailable = heapcheck_unavailable, .read = heapcheck_read

static const struct allocator_tool tools[] = {
    {HEAPCHECK("", "normal"), .kind = TOOL_UNREACHABLE, .by_default = true},
    {HEAPCHECK("-minimal", "minimal"), .kind = TOOL_UNREACHABLE},
    {HEAPCHECK("-strict", "strict"), .kind = TOOL_UNREACHABLE},
    {HEAPCHECK("-draconian", "draconian"), .kind = TOOL_NOT_FREED, .remainder = true},
    {
        .name = "heapprofile",
        .kind = TOOL_NOT_FREED,
        .source = TOOL_READS_DUMP,
        .environment =
            (const char *const[]){"HEAPPROFILE=%/hp", "HEAP_PROFILE_ALLOCATION_INTERVAL=0",
                                  "HEAP_PROFILE_INUSE_INTERVAL=0", UNWINDER, NULL},
        .dumps = "hp.*.heap",
        /* Reads these dumps as well as google-pprof, which ended with gperftools 2.16. */
        .viewer = "jeprof",
        .viewer_package = "libjemalloc-dev",
        .by_default = true,
        .read = heapprofile_read,
    },
    {.name = NULL},
};

static const struct allocator_variant variants[] = {
    {
        .suffix = "",
        .why = "as it is installed",
        .defaults = "",
        .by_default = true,
    },
    {
        .suffix = "+aggressive",
        .environment = (const char *const[]){"TCMALLOC_AGGRESSIVE_DECOMMIT=1", NULL},
        .why = "spans go back as soon as they are free: the least memory it can hold",
        .defaults = "TCMALLOC_AGGRESSIVE_DECOMMIT: 0",
    },
    {.suffix = NULL},
};

const struct allocator allocator_tcmalloc = {
    .name = "tcmalloc",
    .title = "gperftools tcmalloc",
    .link = "-Wl,--push-state,--no-as-needed -ltcmalloc -Wl,--pop-state",
    .package = "libgoogle-perftools-dev",
    .api = api,
    .owns = gperftools_owns,
    .version = gperftools_version,
    .stats = gperftools_stats,
    .unavailable = gperftools_unavailable,
    .options = gperftools_options,
    .release = gperftools_release,
    .release_call = "MallocExtension_ReleaseFreeMemory()",
    .release_reach = GPERFTOOLS_REACH,
    .live_at_exit = gperftools_live_at_exit,
    .detail = gperftools_detail,
    .dump_profile = dump_profile,
    .variants = variants,
    .tools = tools,
};
