/*
 * snmalloc, as libsnmallocshim.so of its own CMake build (target snmallocshim). What it counts it
 * counts by chunks, and only for C++ code that was compiled with it (get_malloc_info_v1(), which
 * the shim does not have): here it tells nothing. Facts from its sources (src/snmalloc/override/
 * malloc.cc, libc.h, of 2025); it was never tried here with a build of theirs, only with a stand-in
 * of these names.
 *
 * Alone among allocators it exports the end of a block, __malloc_end_pointer(): by that it is
 * known. The shim has no call that gives memory back.
 */
#include <stddef.h>

#include "silent.h"

extern void *__malloc_end_pointer(void *block) __attribute__((weak));

static const void *api(void)
{
    return (const void *)__malloc_end_pointer;
}

static const char *unavailable(enum allocator_stat stat)
{
    (void)stat;
    return "snmalloc's preloaded library counts nothing";
}

const struct allocator allocator_snmalloc = {
    .name = "snmalloc",
    .title = "snmalloc",
    .link = ALLOCATOR_LINK("-lsnmallocshim"),
    .api = api,
    SILENT_HOOKS,
    .unavailable = unavailable,
    .release_reach = "snmalloc has no call that gives memory back",
    .no_tools = "snmalloc has no leak tool in its preloaded library",
};
