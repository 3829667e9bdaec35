/*
 * glibc malloc, the incumbent. mallinfo2() walks all arenas; its cost grows with the number of free
 * chunks and it waits for each arena's lock, so a busy process answers late.
 *
 *   live    uordblks + hblkhd: chunks, so 8 bytes more than usable per block; blocks in the
 *           per-thread tcache count as live, which no interface of glibc tells apart. With
 *           glibc.malloc.tcache_count=0 it is exact but for the records of caches and arenas:
 *           measured 3576 bytes over the ledger, with two caches and two arenas
 *   heap    arena + hblkhd: committed. What malloc_trim() gave back inside it still counts, so
 *           after the release call it is an upper bound
 *   cached  fordblks
 *
 * Versions, measured on 2.36, 2.41 and 2.43: a tcache keeps 7 free chunks of a size, from 2.43 on
 * 16, and from 2.42 on, where tcache_max is set above 1032, larger ones too. malloc asks for huge
 * pages only under hugetlb=1; from 2.43 on that is the default on AArch64.
 */
#include <errno.h>
#include <gnu/libc-version.h>
#include <malloc.h>
#include <mcheck.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocator.h"
#include "cleanup.h"
#include "glibc_knobs.h"
#include "text.h"

/* mallopt() has no getter, so an effective value is what was asked for or what is documented. */
struct tunable {
    const char *name;        /* in GLIBC_TUNABLES, after "glibc.malloc." */
    const char *environment; /* the older variable, or NULL */
    const char *documented;
    const char *from_2_43; /* NULL: as before */
};

#if defined(__aarch64__)
#define HUGETLB_FROM_2_43 "1"
#else
#define HUGETLB_FROM_2_43 NULL
#endif

static const struct tunable tunables[] = {
    {"arena_max", "MALLOC_ARENA_MAX", "8 per core", NULL},
    {"trim_threshold", "MALLOC_TRIM_THRESHOLD_", "131072, grows with mmap_threshold", NULL},
    {"mmap_threshold", "MALLOC_MMAP_THRESHOLD_", "131072, grows to 33554432", NULL},
    {"mmap_max", "MALLOC_MMAP_MAX_", "65536", NULL},
    {"top_pad", "MALLOC_TOP_PAD_", "131072", NULL},
    {"perturb", "MALLOC_PERTURB_", "0", NULL},
    {"tcache_count", NULL, "7", "16"},
    {"tcache_max", NULL, "1032", NULL},
    {"mxfast", NULL, "128", NULL},
    {"hugetlb", NULL, "0", HUGETLB_FROM_2_43},
};

/* Not mallinfo2: gperftools 2.16 and scudo have one too. */
static const void *api(void)
{
    return (const void *)gnu_get_libc_version;
}

/* 36 for 2.36; 0 where it cannot be told. */
static int minor_version(void)
{
    int minor = 0;
    return sscanf(gnu_get_libc_version(), "2.%d", &minor) == 1 ? minor : 0;
}

static int version(char *out, size_t size)
{
    (void)text_copy(out, size, gnu_get_libc_version());
    return 0;
}

static int stats(struct allocator_stats *out)
{
    struct mallinfo2 info = mallinfo2();
    allocator_stats_init(out);
    out->value[STAT_LIVE] = (int64_t)(info.uordblks + info.hblkhd);
    out->value[STAT_HEAP] = (int64_t)(info.arena + info.hblkhd);
    out->value[STAT_CACHED] = (int64_t)info.fordblks;
    return 0;
}

static const char *unavailable(enum allocator_stat stat)
{
    switch (stat) {
    case STAT_RELEASED:
        return "malloc_trim() gives back pages inside the heap without counting them";
    case STAT_RESIDENT:
        return "mallinfo2() has no estimate of physical memory";
    case STAT_THREAD_CACHE:
        return "mallinfo2() counts the tcache as live";
    case STAT_METADATA:
        return "headers are inside the chunks and not counted apart";
    case STAT_ARENAS:
        return "only malloc_info() tells, as text on a stream that allocates";
    default:
        return NULL;
    }
}

/* The value of "glibc.malloc.NAME=value:…" in GLIBC_TUNABLES; the last one counts. */
static bool tunable_set(const char *name, char *out, size_t size)
{
    const char *text = getenv("GLIBC_TUNABLES");
    char key[64];
    int length = snprintf(key, sizeof key, "glibc.malloc.%s=", name);
    bool found = false;
    while (text && *text) {
        if (strncmp(text, key, (size_t)length) == 0) {
            const char *value = text + length;
            (void)snprintf(out, size, "%.*s (GLIBC_TUNABLES)", (int)strcspn(value, ":"), value);
            found = true;
        }
        text += strcspn(text, ":");
        text += *text == ':';
    }
    return found;
}

static void options(allocator_option_fn *emit, void *context)
{
    const bool recent = minor_version() >= 43;
    for (size_t i = 0; i < ARRAY_LENGTH(tunables); i++) {
        const struct tunable *tunable = &tunables[i];
        const char *alias = tunable->environment ? getenv(tunable->environment) : NULL;
        char value[160];
        if (alias)
            (void)snprintf(value, sizeof value, "%s (%s)", alias, tunable->environment);
        else if (!tunable_set(tunable->name, value, sizeof value))
            (void)snprintf(value, sizeof value, "%s (documented default)",
                           recent && tunable->from_2_43 ? tunable->from_2_43 : tunable->documented);
        emit(tunable->name, value, context);
    }
}

/* A number that GLIBC_TUNABLES sets, within what glibc takes; else `otherwise`. */
static int64_t tunable_number(const char *name, int64_t max, int64_t otherwise)
{
    char value[64];
    char *end = value;
    if (!tunable_set(name, value, sizeof value))
        return otherwise;
    long long asked = strtoll(value, &end, 0);
    return end != value && asked >= 0 && asked <= max ? asked : otherwise;
}

/* The records of the thread's cache and of an arena, and in the cache so many free chunks of each
 * of its 64 sizes, 32 to 1040 bytes (malloc.c of 2.36 and 2.44; 2.42 is given the 16 of 2.43). */
static int64_t thread_excess_max_bytes(void)
{
    enum { CACHE_RECORD = 656, CACHE_RECORD_2_42 = 768, ARENA_RECORD = 2264 };
    enum { ONE_OF_EACH = 64 * (32 + 1040) / 2, SMALL_MAX = 1032, LARGE_MAX = 4 << 20 };
    const int minor = minor_version();
    const bool recent = minor >= 42;
    if (minor == 0 || minor > 44 ||
        (recent && tunable_number("tcache_max", LARGE_MAX, SMALL_MAX) > SMALL_MAX))
        return ALLOCATOR_NA;
    int64_t chunks = tunable_number("tcache_count", UINT16_MAX, recent ? 16 : 7);
    return (recent ? CACHE_RECORD_2_42 : CACHE_RECORD) + ARENA_RECORD + chunks * ONE_OF_EACH;
}

static void release(void)
{
    (void)malloc_trim(0);
}

static int live_at_exit(struct allocator_leftover *out)
{
    struct allocator_stats now;
    (void)stats(&now);
    *out = (struct allocator_leftover){.blocks = ALLOCATOR_NA, .bytes = now.value[STAT_LIVE]};
    return 0;
}

/* Does nothing unless libc_malloc_debug is preloaded and MALLOC_TRACE names a file. */
static void trace(bool on)
{
    if (on)
        mtrace();
    else
        muntrace();
}

/* XML: per arena, the free chunks of each size. */
static int detail(const char *path)
{
    FILE *out = fopen(path, "we");
    if (!out)
        return -errno;
    int code = malloc_info(0, out) == 0 ? 0 : -errno;
    return fclose(out) == 0 ? code : -errno;
}

static const struct allocator_variant variants[] = {
    {
        .suffix = "",
        .why = "the incumbent: what a program gets without asking",
        .defaults = "",
        .by_default = true,
    },
    {
        .suffix = "+arena1",
        .environment = (const char *const[]){"MALLOC_ARENA_MAX=1", NULL},
        .why = "one heap for all threads: the usual advice against growth of many arenas",
        .defaults = "MALLOC_ARENA_MAX: 8 per core",
    },
    {
        .suffix = "+trim",
        .environment = (const char *const[]){"MALLOC_TRIM_THRESHOLD_=131072", NULL},
        .why = "a fixed threshold keeps the heap's top from growing with the largest block freed",
        .defaults = "MALLOC_TRIM_THRESHOLD_: 131072, grows to twice the mmap threshold",
    },
    {
        .suffix = "+nothp",
        .environment = (const char *const[]){"GLIBC_TUNABLES=glibc.malloc.hugetlb=0", NULL},
        .huge_pages = HUGE_PAGES_OFF,
        .why = "no transparent huge pages, whatever malloc asks for or the machine gives: what it "
               "holds, without what huge pages round up",
        .defaults = "glibc.malloc.hugetlb: 0; from 2.43 on 1 on AArch64",
    },
    {
        .suffix = "+thp",
        .environment = (const char *const[]){"GLIBC_TUNABLES=glibc.malloc.hugetlb=1", NULL},
        .huge_pages = HUGE_PAGES_ASKED,
        .why =
            "malloc asks for transparent huge pages: fewer faults, and what that costs in memory",
        .defaults = "glibc.malloc.hugetlb: 0; from 2.43 on 1 on AArch64",
    },
    {.suffix = NULL},
};

const struct allocator allocator_glibc = {
    .name = "glibc",
    .title = "glibc malloc",
    .link = "(nothing: it is part of libc)",
    .package = "libc6-dev",
    .api = api,
    .version = version,
    .stats = stats,
    .unavailable = unavailable,
    .options = options,
    .release = release,
    .release_call = "malloc_trim(0)",
    .release_reach = "free pages inside all arenas, but of the main one alone also its end; "
                     "with MALLOC_ARENA_MAX=1 there is no other",
    .live_at_exit = live_at_exit,
    .trace = trace,
    .detail = detail,
    .block_overhead_bytes = 8,
    .thread_excess_max_bytes = thread_excess_max_bytes,
    .thread_excess = "the free blocks in the caches of its threads",
    .variants = variants,
    .knobs = glibc_knobs,
};
