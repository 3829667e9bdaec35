/*
 * mimalloc 2 and 3. No count of its own is exact while the program runs, measured against programs
 * that know (each from its version on):
 *
 *   live       2.0: a release build counts no blocks. 2.2: mi_stats_get_json() is 30 % low to 10 %
 *              high, since threads merge their counts now and then
 *   committed  what `heap` would be. 2.0: whole segments of 32 MiB, touched or not. 3.0: falls
 * below zero, -6 MiB where 51 MiB are resident. 3.6: does not fall when pages are given back, 103
 * MiB where 5 MiB are resident reserved   address space: an arena of 1 GiB from the first block on
 * (2.1)
 *
 * At exit live is exact, by visiting the heap: in 2 once the last thread has collected the heaps of
 * those that ended, from 3.2 on since one heap has the pages of all threads. 3.0 and 3.1 show
 * nobody the pages that are full and have no thread.
 */
#include <errno.h>
#include <stdio.h>

#include "allocator.h"
#include "mimalloc_heap.h"
#include "mimalloc_knobs.h"
#include "mimalloc_options.h"

struct area { /* mi_heap_area_t; later versions append to it */
    void *blocks;
    size_t reserved;
    size_t committed;
    size_t used; /* blocks */
    size_t block_size;
};

typedef bool visit_fn(const void *heap, const struct area *area, void *block, size_t size, void *);

#define WEAK __attribute__((weak))
extern int mi_version(void) WEAK;
extern bool mi_is_in_heap_region(const void *) WEAK;
extern bool mi_any_heap_contains(const void *) WEAK; /* its name in 3, beside the former one */
extern void mi_collect(bool) WEAK;
extern void *mi_heap_get_default(void) WEAK;
extern void *mi_heap_main(void) WEAK; /* from 3.2 on */
extern bool mi_heap_visit_blocks(const void *, bool, visit_fn *, void *) WEAK;

/* 209 is 2.0.9, 30600 is 3.6.0. */
static struct version {
    int major, minor, patch;
} version_now(void)
{
    int number = mi_version();
    int base = number >= 10000 ? 100 : 10;
    return (struct version){number / (base * base), number / base % base, number % base};
}

static int version(char *out, size_t size)
{
    struct version now = version_now();
    (void)snprintf(out, size, "%d.%d.%d", now.major, now.minor, now.patch);
    return 0;
}

static int stats(struct allocator_stats *out)
{
    allocator_stats_init(out);
    return 0;
}

static const char *unavailable(enum allocator_stat stat)
{
    const struct version now = version_now();
    switch (stat) {
    case STAT_LIVE:
        return now.major > 2 || now.minor > 1
                   ? "its counter was measured up to 30 % off"
                   : "a release build has no counter of live bytes (MI_STAT=0)";
    case STAT_HEAP:
        return now.major < 3 ? "it counts whole segments as committed, touched or not"
               : now.minor < 2
                   ? "its count of committed bytes falls below zero"
                   : "its count of committed bytes does not fall when pages are given back";
    case STAT_RESIDENT:
        return "what it calls rss is its committed bytes";
    default:
        return "mimalloc does not count it";
    }
}

static const void *api(void)
{
    return (const void *)mi_version;
}

static bool owns(const void *pointer)
{
    return mi_is_in_heap_region ? mi_is_in_heap_region(pointer) : mi_any_heap_contains(pointer);
}

/* Acts on the calling thread's heap, and on those of threads that ended. */
static void release(void)
{
    mi_collect(true);
}

static bool add_area(const void *heap, const struct area *area, void *block, size_t size,
                     void *context)
{
    (void)heap;
    (void)size;
    struct allocator_leftover *sum = context;
    if (!block) {
        sum->blocks += (int64_t)area->used;
        sum->bytes += (int64_t)(area->used * area->block_size);
    }
    return true;
}

/* The heap in which all that is live can be seen, or NULL. */
static const void *whole_heap(void)
{
    if (mi_heap_main)
        return mi_heap_main();
    return version_now().major < 3 ? mi_heap_get_default() : NULL;
}

/* 2: collecting in the last thread takes over the heaps of the threads that ended. */
static int live_at_exit(struct allocator_leftover *out)
{
    const void *heap = whole_heap();
    struct allocator_leftover sum = {0};
    if (!heap)
        return -ENOTSUP;
    mi_collect(true);
    (void)mi_heap_visit_blocks(heap, false, add_area, &sum); /* false also where there is nothing */
    *out = sum;
    return 0;
}

static bool print_area(const void *heap, const struct area *area, void *block, size_t size,
                       void *out)
{
    (void)heap;
    (void)size;
    if (!block)
        (void)fprintf(out, "area block %zu used %zu reserved %zu committed %zu\n", area->block_size,
                      area->used, area->reserved, area->committed);
    return true;
}

/* 2: the pages of the calling thread's heap and of the threads that ended. From 3.2 on those of all
 * threads; one that allocates meanwhile may never let it end, so ask when it is quiet. */
static int detail(const char *path)
{
    const void *heap = whole_heap();
    if (!heap)
        return -ENOTSUP;
    FILE *out = fopen(path, "we");
    if (!out)
        return -errno;
    int code = mi_heap_visit_blocks(heap, false, print_area, out) ? 0 : -ENOTSUP;
    return fclose(out) == 0 ? code : -errno;
}

const char *mimalloc_not_all_seen(const char *version)
{
    int major = 0;
    int minor = 0;
    if (sscanf(version, "%d.%d", &major, &minor) != 2)
        return "this version of mimalloc is not known to show all of its heap";
    return major == 3 && minor < 2
               ? "mimalloc 3.0 and 3.1 show nobody the pages that are full and have no thread"
               : NULL;
}

static const struct allocator_variant variants[] = {
    {
        .suffix = "",
        .why = "as it is installed",
        .defaults = "",
        .by_default = true,
    },
    {
        .suffix = "+decommit0",
        .environment =
            (const char *const[]){"MIMALLOC_DECOMMIT_DELAY=0", "MIMALLOC_PURGE_DELAY=0", NULL},
        .why = "pages go back as soon as they are free; the option's name differs by version and "
               "the other one is ignored",
        .defaults = "DECOMMIT_DELAY: 25 ms (2.0), PURGE_DELAY: 10 ms (2.1 and later), 2500 ms "
                    "(3.0), 1000 ms (3.6)",
    },
    {
        .suffix = "+nothp",
        .huge_pages = HUGE_PAGES_OFF,
        .why = "no transparent huge pages, which mimalloc asks for from 2.2 on where the system "
               "leaves them to programs: what it holds, without what huge pages round up; "
               "MIMALLOC_ALLOW_THP=0 does the same there",
        .defaults = "ALLOW_THP: 1 (2.2 and later), 2 (3.6)",
    },
    {
        .suffix = "+thp",
        .environment = (const char *const[]){"MIMALLOC_ALLOW_LARGE_OS_PAGES=1",
                                             "MIMALLOC_LARGE_OS_PAGES=1", NULL},
        .huge_pages = HUGE_PAGES_ASKED,
        .why = "it asks for transparent huge pages; the option's name differs by version",
        .defaults = "LARGE_OS_PAGES: 0 (2.0), ALLOW_LARGE_OS_PAGES: 0 (2.1 and later)",
    },
    {.suffix = NULL},
};

const struct allocator allocator_mimalloc = {
    .name = "mimalloc",
    .title = "mimalloc",
    .link = ALLOCATOR_LINK("-lmimalloc"),
    .package = "libmimalloc-dev",
    .shows_itself = "MIMALLOC_VERBOSE=1",
    .shows_itself_when = "its options when the program starts",
    .api = api,
    .owns = owns,
    .version = version,
    .stats = stats,
    .unavailable = unavailable,
    .options = mimalloc_options,
    .check_settings = mimalloc_check_settings,
    .release = release,
    .release_call = "mi_collect(true)",
    .release_reach = "the calling thread's heap, and those of threads that ended",
    .release_is_by_thread = true,
    .live_at_exit = live_at_exit,
    .detail = detail,
    .no_detail = mimalloc_not_all_seen,
    .variants = variants,
    .knobs = mimalloc_knobs,
};
