/*
 * mimalloc 2 and 3. The release build of 2.0.9 (Debian 12) keeps no statistics of blocks;
 * from 2.2.2 on there is mi_stats_get_json(), whose count of live bytes was measured 30 % low to 10
 * % high against a program that knows. So live is never told while the program runs; at exit it is
 * exact, by visiting the heap.
 *
 *   heap       "reserved" of the JSON text
 *   committed  "committed" of the JSON text, else mi_process_info()
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocator.h"
#include "cleanup.h"
#include "text.h"

struct area { /* mi_heap_area_t; later versions append to it */
    void *blocks;
    size_t reserved;
    size_t committed;
    size_t used; /* blocks */
    size_t block_size;
};

typedef bool visit_fn(const void *heap, const struct area *area, void *block, size_t size, void *);
typedef void output_fn(const char *text, void *context);

#define WEAK __attribute__((weak))
extern int mi_version(void) WEAK;
extern bool mi_is_in_heap_region(const void *) WEAK;
extern void mi_collect(bool) WEAK;
extern void mi_process_info(size_t *, size_t *, size_t *, size_t *, size_t *, size_t *, size_t *,
                            size_t *) WEAK;
extern char *mi_stats_get_json(size_t, char *) WEAK;
extern void *mi_heap_get_default(void) WEAK;
extern void *mi_heap_main(void) WEAK;
extern bool mi_heap_visit_blocks(const void *, bool, visit_fn *, void *) WEAK;
extern long mi_option_get(int) WEAK;
extern void mi_options_print_out(output_fn *, void *) WEAK;

/* {"reserved":{"total":1,"peak":1,"current":1},…}; a counter below zero is a known defect. */
static int64_t json_current(const char *json, const char *key)
{
    const char *at = strstr(json, key);
    at = at ? strstr(at, "\"current\":") : NULL;
    int64_t value = at ? strtoll(at + strlen("\"current\":"), NULL, 10) : ALLOCATOR_NA;
    return value < 0 ? ALLOCATOR_NA : value;
}

static int stats(struct allocator_stats *out)
{
    static char json[32768];
    allocator_stats_init(out);
    if (mi_stats_get_json && mi_stats_get_json(sizeof json, json)) {
        out->value[STAT_HEAP] = json_current(json, "\"reserved\":");
        out->value[STAT_COMMITTED] = json_current(json, "\"committed\":");
        return 0;
    }
    size_t committed = 0;
    size_t other[7];
    mi_process_info(&other[0], &other[1], &other[2], &other[3], &other[4], &committed, &other[5],
                    &other[6]);
    out->value[STAT_COMMITTED] = (int64_t)committed;
    return 0;
}

static const char *unavailable(enum allocator_stat stat)
{
    switch (stat) {
    case STAT_LIVE:
        return mi_stats_get_json ? "its counter was measured up to 30 % off"
                                 : "a release build has no counter of live bytes (MI_STAT=0)";
    case STAT_HEAP:
        return mi_stats_get_json ? NULL : "told only as text, in three digits";
    case STAT_COMMITTED:
        return NULL;
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
    return mi_is_in_heap_region(pointer);
}

/* 209 is 2.0.9, 30600 is 3.6.0. */
static int version(char *out, size_t size)
{
    int number = mi_version();
    int base = number >= 10000 ? 100 : 10;
    (void)snprintf(out, size, "%d.%d.%d", number / (base * base), number / base % base,
                   number % base);
    return 0;
}

/* mi_option_t of 2.0.9; the numbers mean other options in other versions. */
static const char *const options_209[] = {
    [3] = "eager_commit",
    [6] = "large_os_pages",
    [11] = "page_reset",
    [12] = "abandoned_page_decommit",
    [14] = "eager_commit_delay",
    [15] = "decommit_delay",
    [17] = "limit_os_alloc",
    [21] = "max_segment_reclaim",
    [22] = "allow_decommit",
    [23] = "segment_decommit_delay",
    [24] = "decommit_extend_delay",
    [25] = "destroy_on_exit",
};

struct emitter {
    allocator_option_fn *emit;
    void *context;
};

/* "option 'purge_delay': 1000 " among lines of other kinds. */
static void emit_printed(const char *text, void *context)
{
    const struct emitter *emitter = context;
    char name[64];
    char value[64];
    const char *option = strstr(text, "option '");
    if (option && sscanf(option, "option '%63[^']': %63[^\n]", name, value) == 2) {
        for (size_t end = strlen(value); end > 0 && value[end - 1] == ' '; end--)
            value[end - 1] = '\0';
        emitter->emit(name, value, emitter->context);
    }
}

static void options(allocator_option_fn *emit, void *context)
{
    if (mi_options_print_out) {
        mi_options_print_out(emit_printed, &(struct emitter){emit, context});
        return;
    }
    char value[96];
    for (int i = 0; mi_version() == 209 && i < (int)ARRAY_LENGTH(options_209); i++) {
        if (!options_209[i])
            continue;
        (void)snprintf(value, sizeof value, "%ld", mi_option_get(i));
        emit(options_209[i], value, context);
    }
    for (char **variable = environ; mi_version() != 209 && *variable; variable++) {
        char name[64];
        char asked[64];
        if (sscanf(*variable, "MIMALLOC_%63[^=]=%63[^\n]", name, asked) != 2)
            continue;
        (void)snprintf(value, sizeof value, "%s (asked for; not verified)", asked);
        emit(name, value, context);
    }
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

/* Collecting in the last thread takes over the heaps of the threads that ended. */
static int live_at_exit(struct allocator_leftover *out)
{
    mi_collect(true);
    struct allocator_leftover sum = {0};
    const void *heap = mi_heap_main ? mi_heap_main() : mi_heap_get_default();
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

/* The pages of the calling thread's heap and of the threads that ended; mimalloc lets nobody visit
 * the heap of another thread that runs. */
static int detail(const char *path)
{
    FILE *out = fopen(path, "we");
    if (!out)
        return -errno;
    const void *heap = mi_heap_main ? mi_heap_main() : mi_heap_get_default();
    int code = mi_heap_visit_blocks(heap, false, print_area, out) ? 0 : -ENOTSUP;
    return fclose(out) == 0 ? code : -errno;
}

static const struct allocator_tool tools[] = {
    {
        .name = "visit",
        .kind = TOOL_NOT_FREED,
        .source = TOOL_ASKS_EXIT,
        .environment = (const char *const[]){NULL},
        .by_default = true,
    },
    {.name = NULL},
};

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
        .defaults = "DECOMMIT_DELAY: 25 ms (2.0), PURGE_DELAY: 10 ms (2.1 and later), 1000 ms (3)",
    },
    {.suffix = NULL},
};

const struct allocator allocator_mimalloc = {
    .name = "mimalloc",
    .title = "mimalloc",
    .link = "-Wl,--push-state,--no-as-needed -lmimalloc -Wl,--pop-state",
    .package = "libmimalloc-dev",
    .api = api,
    .owns = owns,
    .version = version,
    .stats = stats,
    .unavailable = unavailable,
    .options = options,
    .release = release,
    .release_call = "mi_collect(true)",
    .release_reach = "the calling thread's heap, and those of threads that ended",
    .live_at_exit = live_at_exit,
    .detail = detail,
    .variants = variants,
    .tools = tools,
};
