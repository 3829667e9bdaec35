/* gperftools tcmalloc with its heap profiler; the statistics are described in gperftools.h. */
#include <stdlib.h>

#include "gperftools.h"
#include "gperftools_knobs.h"

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
    {
        .suffix = "+nothp",
        .huge_pages = HUGE_PAGES_OFF,
        .why =
            "no transparent huge pages, whatever the machine gives; it asks for none itself, and "
            "has no option that would",
        .defaults = "",
    },
    {.suffix = NULL},
};

const struct allocator allocator_tcmalloc = {
    .name = "tcmalloc",
    .title = "gperftools tcmalloc",
    .link = "-Wl,--push-state,--no-as-needed -ltcmalloc -Wl,--pop-state",
    .package = "libgoogle-perftools-dev",
    .shows_itself = "MALLOCSTATS=1",
    .shows_itself_when = "statistics when the program ends",
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
    .knobs = gperftools_knobs,
};
