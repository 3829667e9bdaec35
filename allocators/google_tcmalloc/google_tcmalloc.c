/*
 * Google's tcmalloc (google/tcmalloc), which is not gperftools': caches are per CPU, and its page
 * heap thinks in huge pages. Its makers link it into programs; as a shared library it is whatever
 * somebody built, with Abseil in it (docs/rows.md). It is known by its functions of C linkage,
 * MallocExtension_Internal_…, of which gperftools has none.
 *
 * Facts from its sources (tcmalloc/global_stats.cc, internal_malloc_extension.h, of 2026); it was
 * never tried here with a build of theirs, only with a stand-in of these names.
 *
 *   live       generic.current_allocated_bytes: what the page heap got from the system, less all
 *              that is free in it and in the caches, less what was given back
 *   heap       generic.heap_size: the same, less only what was given back
 *   cached     heap less live: that is how they define live
 *   resident   generic.physical_memory_used: heap and metadata, touched or not
 *
 * Nothing is given back by itself, unless the program runs MallocExtension::ProcessBackground-
 * Actions() in a thread.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "silent.h"

#define WEAK __attribute__((weak))
extern bool MallocExtension_Internal_GetNumericProperty(const char *, size_t, size_t *) WEAK;
extern int MallocExtension_Internal_GetOwnership(const void *) WEAK;
extern size_t MallocExtension_Internal_ReleaseMemoryToSystem(size_t) WEAK;

static const void *api(void)
{
    return (const void *)MallocExtension_Internal_GetNumericProperty;
}

static bool owns(const void *pointer)
{
    enum { OWNED = 1 };
    return !MallocExtension_Internal_GetOwnership ||
           MallocExtension_Internal_GetOwnership(pointer) == OWNED;
}

/* ALLOCATOR_NA where this build does not know it. */
static int64_t property(const char *name)
{
    size_t value = 0;
    return MallocExtension_Internal_GetNumericProperty(name, strlen(name), &value) ? (int64_t)value
                                                                                   : ALLOCATOR_NA;
}

/* Of parts that are both told. */
static int64_t both(int64_t a, int64_t b, int64_t sum)
{
    return a == ALLOCATOR_NA || b == ALLOCATOR_NA ? ALLOCATOR_NA : sum;
}

static int stats(struct allocator_stats *out)
{
    allocator_stats_init(out);
    int64_t live = property("generic.current_allocated_bytes");
    int64_t heap = property("generic.heap_size");
    int64_t cpu = property("tcmalloc.cpu_free");
    int64_t thread = property("tcmalloc.current_total_thread_cache_bytes");
    if (live == ALLOCATOR_NA)
        return -ENOTSUP;
    out->value[STAT_LIVE] = live;
    out->value[STAT_HEAP] = heap;
    out->value[STAT_RESIDENT] = property("generic.physical_memory_used");
    out->value[STAT_CACHED] = both(live, heap, heap > live ? heap - live : 0);
    out->value[STAT_THREAD_CACHE] = both(cpu, thread, cpu + thread);
    out->value[STAT_RELEASED] = property("tcmalloc.pageheap_unmapped_bytes");
    out->value[STAT_METADATA] = property("tcmalloc.metadata_bytes");
    return 0;
}

static const char *unavailable(enum allocator_stat stat)
{
    struct allocator_stats now;
    if (stat == STAT_ARENAS)
        return "it has one page heap, and caches by CPU";
    return stats(&now) == 0 && now.value[stat] != ALLOCATOR_NA ? NULL : "this build tells it not";
}

static void options(allocator_option_fn *emit, void *context)
{
    static const char *const names[] = {
        "tcmalloc.per_cpu_caches_active",
        "tcmalloc.max_total_thread_cache_bytes",
        "tcmalloc.desired_usage_limit_bytes",
        "tcmalloc.hard_usage_limit_bytes",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char value[32];
        int64_t number = property(names[i]);
        (void)snprintf(value, sizeof value, "%lld", (long long)number);
        if (number != ALLOCATOR_NA)
            emit(names[i], value, context);
    }
}

/* As much as is free: a larger number would overflow where they round it up to pages. */
static void release(void)
{
    int64_t free_bytes = property("tcmalloc.pageheap_free_bytes");
    if (MallocExtension_Internal_ReleaseMemoryToSystem && free_bytes > 0)
        (void)MallocExtension_Internal_ReleaseMemoryToSystem((size_t)free_bytes);
}

static int live_at_exit(struct allocator_leftover *out)
{
    struct allocator_stats now;
    if (stats(&now) < 0)
        return -ENOTSUP;
    *out = (struct allocator_leftover){.blocks = ALLOCATOR_NA, .bytes = now.value[STAT_LIVE]};
    return 0;
}

const struct allocator allocator_google_tcmalloc = {
    .name = "google_tcmalloc",
    .title = "Google's tcmalloc",
    .link = ALLOCATOR_LINK("-l:libtcmalloc.so"),
    .api = api,
    .owns = owns,
    .version = silent_version, /* it has no releases */
    .stats = stats,
    .unavailable = unavailable,
    .options = options,
    .release = release,
    .release_call = "MallocExtension::ReleaseMemoryToSystem()",
    .release_reach = "the page heap; what is in the caches of CPUs stays",
    .live_at_exit = live_at_exit,
    .variants = silent_variants,
    .no_tools = "Google's tcmalloc has no leak tool that works without code in the program",
};
