/*
 * jemalloc 5. Statistics are a snapshot that the "epoch" call refreshes; after that each value is a
 * table look-up by mib, resolved at the first read.
 *
 *   live       stats.allocated less what sits in thread caches and less jemalloc's own blocks (28.8
 *              kB per thread cache, the profiler's records): then exact to the byte, measured
 *              against the ledger, but for 384 bytes where it runs a background thread
 *   heap       pages that are active, dirty or muzzy. Not stats.mapped, which takes in the address
 *              space of metadata: 17 MiB of a drained peer that has 2.2 MiB resident
 *   resident   stats.resident, which counts untouched pages too
 *   cached     free blocks in active pages and thread caches, and dirty and muzzy pages
 *
 * It has no ownership test: arenas.lookup crashes in 5.3.0 on a pointer that is not its own.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "allocator.h"
#include "cleanup.h"
#include "jemalloc_knobs.h"
#include "text.h"

#define WEAK __attribute__((weak))
extern int mallctl(const char *, void *, size_t *, void *, size_t) WEAK;
extern int mallctlnametomib(const char *, size_t *, size_t *) WEAK;
extern void malloc_stats_print(void (*)(void *, const char *), void *, const char *) WEAK;
extern int mallctlbymib(const size_t *, size_t, void *, size_t *, void *, size_t) WEAK;

/* 4096 is MALLCTL_ARENAS_ALL: the sum over all arenas. */
enum {
    ALLOCATED,
    ACTIVE,
    RETAINED,
    RESIDENT,
    METADATA,
    TCACHE,
    INTERNAL,
    DIRTY,
    MUZZY,
    COUNTER_COUNT
};

static const char *const counter_names[COUNTER_COUNT] = {
    [ALLOCATED] = "stats.allocated",
    [ACTIVE] = "stats.active",
    [RETAINED] = "stats.retained",
    [RESIDENT] = "stats.resident",
    [METADATA] = "stats.metadata",
    [TCACHE] = "stats.arenas.4096.tcache_bytes",
    [INTERNAL] = "stats.arenas.4096.internal",
    [DIRTY] = "stats.arenas.4096.pdirty",
    [MUZZY] = "stats.arenas.4096.pmuzzy",
};

enum { MIB_MAX = 8 };

static struct {
    bool resolved;
    size_t page_bytes;
    struct {
        size_t length;
        size_t path[MIB_MAX];
    } mib[COUNTER_COUNT];
} counters;

static int resolve(void)
{
    if (counters.resolved)
        return 0;
    size_t size = sizeof counters.page_bytes;
    if (mallctl("arenas.page", &counters.page_bytes, &size, NULL, 0) != 0)
        return -ENOTSUP;
    for (size_t i = 0; i < COUNTER_COUNT; i++) {
        counters.mib[i].length = MIB_MAX;
        if (mallctlnametomib(counter_names[i], counters.mib[i].path, &counters.mib[i].length) != 0)
            return -ENOTSUP;
    }
    counters.resolved = true;
    return 0;
}

static void refresh(void)
{
    uint64_t epoch = 1;
    size_t size = sizeof epoch;
    (void)mallctl("epoch", &epoch, &size, &epoch, size);
}

static int stats(struct allocator_stats *out)
{
    allocator_stats_init(out);
    if (resolve() < 0)
        return -ENOTSUP;
    refresh();
    int64_t value[COUNTER_COUNT];
    for (size_t i = 0; i < COUNTER_COUNT; i++) {
        size_t read = 0;
        size_t size = sizeof read;
        if (mallctlbymib(counters.mib[i].path, counters.mib[i].length, &read, &size, NULL, 0) != 0)
            return -ENOTSUP;
        value[i] = (int64_t)read;
    }
    unsigned arenas = 0;
    size_t size = sizeof arenas;
    if (mallctl("arenas.narenas", &arenas, &size, NULL, 0) == 0)
        out->value[STAT_ARENAS] = arenas;
    int64_t free_in_blocks = value[ACTIVE] - value[ALLOCATED] + value[TCACHE];
    int64_t live = value[ALLOCATED] - value[TCACHE] - value[INTERNAL];
    out->value[STAT_LIVE] = live;
    int64_t free_pages = (value[DIRTY] + value[MUZZY]) * (int64_t)counters.page_bytes;
    out->value[STAT_HEAP] = value[ACTIVE] + free_pages;
    out->value[STAT_RESIDENT] = value[RESIDENT];
    out->value[STAT_CACHED] = free_in_blocks + free_pages;
    out->value[STAT_THREAD_CACHE] = value[TCACHE];
    out->value[STAT_RELEASED] = value[RETAINED];
    out->value[STAT_METADATA] = value[METADATA];
    return 0;
}

static const char *unavailable(enum allocator_stat stat)
{
    (void)stat;
    return NULL;
}

static const void *api(void)
{
    return (const void *)mallctl;
}

/* "5.3.0-0-g54eaed1d…" without the commit. */
static int version(char *out, size_t size)
{
    const char *text = NULL;
    size_t length = sizeof text;
    if (mallctl("version", &text, &length, NULL, 0) != 0)
        return -ENOTSUP;
    (void)snprintf(out, size, "%.*s", (int)strcspn(text, "-"), text);
    return 0;
}

enum option_kind { KIND_BOOL, KIND_UNSIGNED, KIND_SIZE, KIND_SSIZE, KIND_TEXT };

static const struct option {
    const char *name;
    enum option_kind kind;
} option_table[] = {
    {"opt.abort_conf", KIND_BOOL},
    {"opt.narenas", KIND_UNSIGNED},
    {"opt.percpu_arena", KIND_TEXT},
    {"opt.dirty_decay_ms", KIND_SSIZE},
    {"opt.muzzy_decay_ms", KIND_SSIZE},
    {"opt.background_thread", KIND_BOOL},
    {"opt.tcache", KIND_BOOL},
    {"opt.tcache_max", KIND_SIZE},
    {"opt.lg_tcache_max", KIND_SSIZE},
    {"opt.retain", KIND_BOOL},
    {"opt.thp", KIND_TEXT},
    {"opt.metadata_thp", KIND_TEXT},
    {"opt.prof", KIND_BOOL},
    {"opt.oversize_threshold", KIND_SIZE},
    {"opt.lg_extent_max_active_fit", KIND_SIZE},
    {"opt.prof_active", KIND_BOOL},
    {"opt.lg_prof_sample", KIND_SIZE},
    {"opt.prof_leak", KIND_BOOL},
    {"opt.prof_final", KIND_BOOL},
};

static bool read_option(const struct option *option, char *out, size_t size)
{
    union {
        bool flag;
        unsigned number;
        size_t bytes;
        ssize_t offset;
        const char *text;
    } value;
    static const size_t sizes[] = {
        [KIND_BOOL] = sizeof value.flag,  [KIND_UNSIGNED] = sizeof value.number,
        [KIND_SIZE] = sizeof value.bytes, [KIND_SSIZE] = sizeof value.offset,
        [KIND_TEXT] = sizeof value.text,
    };
    size_t length = sizes[option->kind];
    if (mallctl(option->name, &value, &length, NULL, 0) != 0)
        return false; /* the names differ a little between versions */
    switch (option->kind) {
    case KIND_BOOL:
        (void)text_copy(out, size, value.flag ? "true" : "false");
        break;
    case KIND_UNSIGNED:
        (void)snprintf(out, size, "%u", value.number);
        break;
    case KIND_SIZE:
        (void)snprintf(out, size, "%zu", value.bytes);
        break;
    case KIND_SSIZE:
        (void)snprintf(out, size, "%zd", value.offset);
        break;
    case KIND_TEXT:
        (void)text_copy(out, size, value.text);
        break;
    }
    return true;
}

static void options(allocator_option_fn *emit, void *context)
{
    for (size_t i = 0; i < ARRAY_LENGTH(option_table); i++) {
        char value[128];
        if (read_option(&option_table[i], value, sizeof value))
            emit(option_table[i].name, value, context);
    }
}

/* Purge and not decay: decay gives back only what is due by now. */
static void release(void)
{
    (void)mallctl("arena.4096.purge", NULL, NULL, NULL, 0);
}

static int64_t count(const char *name)
{
    uint64_t value = 0;
    size_t size = sizeof value;
    return mallctl(name, &value, &size, NULL, 0) == 0 ? (int64_t)value : 0;
}

/* The counters of blocks take in jemalloc's own. Ending this thread's cache leaves none of them in
 * a clean process; under the profiler some stay, and blocks cannot be told. */
static int live_at_exit(struct allocator_leftover *out)
{
    bool enabled = false;
    (void)mallctl("thread.tcache.enabled", NULL, NULL, &enabled, sizeof enabled);
    struct allocator_stats now;
    if (stats(&now) < 0)
        return -ENOTSUP;
    out->bytes = now.value[STAT_LIVE];
    out->blocks = ALLOCATOR_NA;
    if (count(counter_names[INTERNAL]) == 0)
        out->blocks =
            count("stats.arenas.4096.small.nmalloc") - count("stats.arenas.4096.small.ndalloc") +
            count("stats.arenas.4096.large.nmalloc") - count("stats.arenas.4096.large.ndalloc");
    return 0;
}

/* A small block that the profiler samples is a large one of 16 KiB to the counters, and the size
 * that was asked for to malloc_usable_size(). How many of them are live nobody tells. */
static int64_t thread_excess_max_bytes(void)
{
    bool profiled = false;
    size_t size = sizeof profiled;
    (void)mallctl("opt.prof", &profiled, &size, NULL, 0);
    return profiled ? ALLOCATOR_NA : 0;
}

static void dump_profile(void)
{
    (void)mallctl("prof.dump", NULL, NULL, NULL, 0);
}

static void print_part(void *out, const char *text)
{
    (void)fputs(text, out);
}

/* JSON: merged arenas, with their bins and large size classes. */
static int detail(const char *path)
{
    FILE *out = fopen(path, "we");
    if (!out)
        return -errno;
    malloc_stats_print(print_part, out, "Ja");
    return fclose(out) == 0 ? 0 : -errno;
}

/* abort_conf: a misspelt option would otherwise be a warning and the default. */
#define CONF(options)                                \
    (const char *const[])                            \
    {                                                \
        "MALLOC_CONF=abort_conf:true," options, NULL \
    }

static const struct allocator_variant variants[] = {
    {
        .suffix = "",
        .why = "as it is installed",
        .defaults = "",
        .by_default = true,
    },
    {
        .suffix = "+prof",
        .environment = CONF("prof:true,lg_prof_sample:19"),
        .why = "heap profiling on, sampled as in production: the difference to the plain row is "
               "the price of profiling",
        .defaults = "prof:false",
        .by_default = true,
        .diagnostic = true,
    },
    {
        .suffix = "+background",
        .environment = CONF("background_thread:true"),
        .why = "a thread gives memory back also while the program is idle",
        .defaults = "background_thread:false",
    },
    {
        .suffix = "+decay0",
        .environment = CONF("dirty_decay_ms:0,muzzy_decay_ms:0"),
        .why = "pages go back as soon as they are free: the least memory it can hold",
        .defaults = "dirty_decay_ms:10000,muzzy_decay_ms:0",
    },
    {
        .suffix = "+nothp",
        .environment = CONF("thp:never"),
        .huge_pages = HUGE_PAGES_OFF,
        .why = "no transparent huge pages, whatever the machine gives",
        .defaults = "thp:default,metadata_thp:disabled",
    },
    {
        .suffix = "+thp",
        .environment = CONF("thp:always,metadata_thp:always"),
        .huge_pages = HUGE_PAGES_ASKED,
        .why = "it asks for transparent huge pages: fewer faults, and what that costs in memory",
        .defaults = "thp:default,metadata_thp:disabled",
    },
    {.suffix = NULL},
};

const struct allocator allocator_jemalloc = {
    .name = "jemalloc",
    .title = "jemalloc",
    .link = ALLOCATOR_LINK("-ljemalloc"),
    .package = "libjemalloc-dev",
    .shows_itself = "MALLOC_CONF=stats_print:true",
    .shows_itself_when = "statistics when the program ends",
    .api = api,
    .version = version,
    .stats = stats,
    .unavailable = unavailable,
    .options = options,
    .release = release,
    .release_call = "mallctl(\"arena.4096.purge\")",
    .release_reach = "all arenas; what sits in the caches of other threads stays",
    .live_at_exit = live_at_exit,
    .thread_excess_max_bytes = thread_excess_max_bytes,
    .thread_excess = "16 KiB for a smaller block that its profiler sampled",
    .dump_profile = dump_profile,
    .detail = detail,
    .variants = variants,
    .knobs = jemalloc_knobs,
};
