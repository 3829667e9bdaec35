/*
 * Scudo, the hardened allocator of LLVM and of Android, as clang's run-time has it (libclang_rt.
 * scudo_standalone, not the older libclang_rt.scudo). It counts through mallinfo2(), which it
 * brings itself; measured on 14 against a program that knows (20 000 blocks of 16 to 2015 bytes,
 * and one of 64 MiB):
 *
 *   live    uordblks: exact when all is freed, and by size class: header and rounding of a block
 *           count, 98 304 bytes as 114 688, while malloc_usable_size() is what was asked for
 *   heap    hblkhd is what is mapped: it does not fall when pages are given back (27 MiB where 5
 *           MiB are resident), and counts 64 MiB that nobody touched
 *   cached  fordblks: likewise, 24 MiB of free blocks whose pages are gone
 *
 * Which version it is it tells nobody, nor does any text in it; the folder of clang that it lies in
 * does.
 */
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scudo_knobs.h"
#include "silent.h"

extern void __scudo_print_stats(void) __attribute__((weak));

enum { PURGE = -101 /* M_PURGE of Android's mallopt(3) */, HEADER_BYTES = 16 };

static const void *api(void)
{
    return (const void *)__scudo_print_stats;
}

/* ".../lib/clang/14.0.6/lib/linux/libclang_rt.scudo_standalone-x86_64.so" */
static int version(char *out, size_t size)
{
    static const char folder[] = "/clang/";
    Dl_info self = {.dli_fname = ""};
    (void)dladdr(api(), &self);
    const char *found = strstr(self.dli_fname, folder);
    if (!found)
        return silent_version(out, size);
    found += strlen(folder);
    (void)snprintf(out, size, "%.*s", (int)strcspn(found, "/"), found);
    return 0;
}

static int stats(struct allocator_stats *out)
{
    struct mallinfo2 info = mallinfo2();
    allocator_stats_init(out);
    out->value[STAT_LIVE] = (int64_t)info.uordblks;
    return 0;
}

static const char *unavailable(enum allocator_stat stat)
{
    switch (stat) {
    case STAT_LIVE:
        return NULL;
    case STAT_HEAP:
        return "it counts what is mapped, which does not fall when pages are given back";
    case STAT_CACHED:
        return "it counts free blocks whose pages are given back, too";
    default:
        return "scudo does not count it";
    }
}

/* There is no getter: what was asked for. */
static void options(allocator_option_fn *emit, void *context)
{
    const char *asked = getenv("SCUDO_OPTIONS");
    emit("SCUDO_OPTIONS", asked ? asked : "not set", context);
}

static void release(void)
{
    (void)mallopt(PURGE, 0);
}

static int live_at_exit(struct allocator_leftover *out)
{
    struct allocator_stats now;
    (void)stats(&now);
    *out = (struct allocator_leftover){.blocks = ALLOCATOR_NA, .bytes = now.value[STAT_LIVE]};
    return 0;
}

static int64_t class_excess_max_bytes(void)
{
    return ALLOCATOR_NA;
}

const struct allocator allocator_scudo = {
    .name = "scudo",
    .title = "Scudo",
    .link = ALLOCATOR_LINK("$(clang -print-runtime-dir)/"
                           "libclang_rt.scudo_standalone-$(uname -m).so"),
    .package = "libclang-rt-dev",
    .api = api,
    .version = version,
    .stats = stats,
    .unavailable = unavailable,
    .options = options,
    .release = release,
    .release_call = "mallopt(M_PURGE)",
    .release_reach = "all size classes; what sits in the caches of other threads stays",
    .live_at_exit = live_at_exit,
    .block_overhead_bytes = HEADER_BYTES,
    .thread_excess_max_bytes = class_excess_max_bytes,
    .thread_excess = "the rest of each block's size class, which it does not lend",
    .variants = silent_variants,
    .knobs = scudo_knobs,
    .no_tools = "scudo has no leak tool of its own",
};
