/*
 * rpmalloc, from Debian 14 (forky) on. It tells nothing of itself while a program runs: its
 * statistics are compiled in with ENABLE_STATISTICS only, which neither Debian's build (2.0.1: all
 * zero, while 21 MiB are in use) nor its own default has; nor whose a pointer is, nor its version,
 * which its header has alone (no text of the library names it). 2.0.1 gives freed pages back
 * unasked: of 20 000 blocks of 1000 bytes, 22 MiB, 4 are left.
 */
#include <stddef.h>

#include "silent.h"

extern int rpmalloc_initialize(void *memory_interface) __attribute__((weak));
extern void rpmalloc_thread_collect(void) __attribute__((weak));

static const void *api(void)
{
    return (const void *)rpmalloc_initialize;
}

static const char *unavailable(enum allocator_stat stat)
{
    (void)stat;
    return "rpmalloc counts nothing unless it was built with ENABLE_STATISTICS";
}

/* Takes in what other threads have freed of the calling one's. */
static void release(void)
{
    rpmalloc_thread_collect();
}

const struct allocator allocator_rpmalloc = {
    .name = "rpmalloc",
    .title = "rpmalloc",
    .link = ALLOCATOR_LINK("-lrpmalloc"),
    .package = "librpmalloc-dev",
    .api = api,
    SILENT_HOOKS,
    .unavailable = unavailable,
    .release = release,
    .release_call = "rpmalloc_thread_collect()",
    .release_reach = "the calling thread's heap",
    .release_is_by_thread = true,
    .no_tools = "rpmalloc has no leak tool of its own",
};
