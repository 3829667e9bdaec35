/* gperftools tcmalloc with its heap profiler; the statistics are described in gperftools.h. */
#include <stdlib.h>

#include "gperftools.h"

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
    .link = ALLOCATOR_LINK("-ltcmalloc"),
    GPERFTOOLS_ROW,
    .api = api,
    .dump_profile = dump_profile,
    .variants = variants,
};
