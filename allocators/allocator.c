#include "allocator.h"

const char *const allocator_stat_names[ALLOCATOR_STAT_COUNT] = {
    [STAT_LIVE] = "live_bytes",
    [STAT_HEAP] = "heap_bytes",
    [STAT_RESIDENT] = "resident_bytes",
    [STAT_CACHED] = "cached_bytes",
    [STAT_THREAD_CACHE] = "thread_cache_bytes",
    [STAT_RELEASED] = "released_bytes",
    [STAT_METADATA] = "metadata_bytes",
    [STAT_ARENAS] = "arenas",
};

const char *const allocator_huge_pages_names[] = {"as found", "off", "asked", NULL};

void allocator_stats_init(struct allocator_stats *stats)
{
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        stats->value[i] = ALLOCATOR_NA;
}
