/*
 * rpmalloc, from Debian 14 (forky) on. It tells nothing of itself while a program runs: its
 * statistics are compiled in with ENABLE_STATISTICS only, which neither Debian's build (2.0.1: all
 * zero, while 21 MiB are in use) nor its own default has; nor whose a pointer is, nor its version,
 * which its header has alone. So it is proved by who serves malloc and by libc's own count, which
 * must not move. 2.0.1 gives freed pages back unasked: of 20 000 blocks of 1000 bytes, 22 MiB, 4
 * are left.
 */
#include <errno.h>
#include <stdlib.h>

#include "allocator.h"
#include "text.h"

extern int rpmalloc_initialize(void *memory_interface) __attribute__((weak));
extern void rpmalloc_thread_collect(void) __attribute__((weak));

static const void *api(void)
{
    return (const void *)rpmalloc_initialize;
}

static int version(char *out, size_t size)
{
    (void)text_copy(out, size, "not told");
    return 0;
}

static int stats(struct allocator_stats *out)
{
    allocator_stats_init(out);
    return 0;
}

static const char *unavailable(enum allocator_stat stat)
{
    (void)stat;
    return "rpmalloc counts nothing unless it was built with ENABLE_STATISTICS";
}

static void options(allocator_option_fn *emit, void *context)
{
    (void)emit; /* it reads none from the environment */
    (void)context;
}

/* Takes in what other threads have freed of the calling one's. */
static void release(void)
{
    rpmalloc_thread_collect();
}

static int live_at_exit(struct allocator_leftover *out)
{
    (void)out;
    return -ENOTSUP;
}

static const struct allocator_variant variants[] = {
    {
        .suffix = "",
        .why = "as it is installed",
        .defaults = "",
    },
    {
        .suffix = "+nothp",
        .huge_pages = HUGE_PAGES_OFF,
        .why = "no transparent huge pages, whatever the machine gives",
        .defaults = "",
    },
    {.suffix = NULL},
};

const struct allocator allocator_rpmalloc = {
    .name = "rpmalloc",
    .title = "rpmalloc",
    .link = "-Wl,--push-state,--no-as-needed -lrpmalloc -Wl,--pop-state",
    .package = "librpmalloc-dev",
    .api = api,
    .version = version,
    .stats = stats,
    .unavailable = unavailable,
    .options = options,
    .release = release,
    .release_call = "rpmalloc_thread_collect()",
    .release_reach = "the calling thread's heap",
    .release_is_by_thread = true,
    .live_at_exit = live_at_exit,
    .variants = variants,
    .no_tools = "rpmalloc has no leak tool of its own",
};
