#include "gperftools.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "text.h"

#define WEAK __attribute__((weak))
extern void MallocExtension_GetStats(char *, int) WEAK;
extern int MallocExtension_GetNumericProperty(const char *, size_t *) WEAK;
extern int MallocExtension_GetOwnership(const void *) WEAK;
extern void MallocExtension_ReleaseFreeMemory(void) WEAK;
extern double MallocExtension_GetMemoryReleaseRate(void) WEAK;
extern const char *tc_version(int *, int *, const char **) WEAK;

/* "MALLOC: +   1286144 (    1.2 MiB) Bytes in page heap freelist" */
static int64_t line_value(const char *text, const char *label)
{
    const char *line = strstr(text, label);
    if (!line)
        return ALLOCATOR_NA;
    while (line > text && line[-1] != '\n')
        line--;
    line += strcspn(line, "0123456789\n");
    return strtoll(line, NULL, 10);
}

int gperftools_stats(struct allocator_stats *out)
{
    static char text[4096]; /* below 10000: level 1, without the size classes */
    MallocExtension_GetStats(text, sizeof text);
    const int64_t live = line_value(text, "Bytes in use by application");
    const int64_t metadata = line_value(text, "Bytes in malloc metadata");
    const int64_t space = line_value(text, "Virtual address space used");
    const int64_t released = line_value(text, "Bytes released to OS");
    const int64_t caches[] = {
        line_value(text, "Bytes in page heap freelist"),
        line_value(text, "Bytes in central cache freelist"),
        line_value(text, "Bytes in transfer cache freelist"),
        line_value(text, "Bytes in thread cache freelists"),
    };
    allocator_stats_init(out);
    if (live < 0 || metadata < 0 || space < 0 || released < 0)
        return -ENOTSUP;
    int64_t cached = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(caches); i++) {
        if (caches[i] < 0)
            return -ENOTSUP;
        cached += caches[i];
    }
    out->value[STAT_LIVE] = live;
    out->value[STAT_HEAP] = space - metadata - released;
    out->value[STAT_RESIDENT] = line_value(text, "Actual memory used");
    out->value[STAT_CACHED] = cached;
    out->value[STAT_THREAD_CACHE] = caches[3];
    out->value[STAT_RELEASED] = released;
    out->value[STAT_METADATA] = metadata;
    out->value[STAT_ARENAS] = 1; /* one page heap for all threads, by design */
    return 0;
}

const char *gperftools_unavailable(enum allocator_stat stat)
{
    (void)stat;
    return NULL;
}

const void *gperftools_api(void)
{
    return (const void *)MallocExtension_GetStats;
}

bool gperftools_owns(const void *pointer)
{
    return MallocExtension_GetOwnership(pointer) == 1; /* kOwned */
}

int gperftools_version(char *out, size_t size)
{
    if (!tc_version)
        return -ENOTSUP;
    int major = 0, minor = 0;
    const char *patch = "";
    (void)tc_version(&major, &minor, &patch);
    (void)snprintf(out, size, "%d.%d%s", major, minor, patch);
    return 0;
}

void gperftools_options(allocator_option_fn *emit, void *context)
{
    static const char *const properties[] = {
        "tcmalloc.max_total_thread_cache_bytes",
        "tcmalloc.aggressive_memory_decommit",
        "tcmalloc.heap_limit_mb",
        "tcmalloc.min_per_thread_cache_bytes", /* since 2.11 */
        "tcmalloc.sample_parameter",
    };
    char value[64];
    for (size_t i = 0; i < ARRAY_LENGTH(properties); i++) {
        size_t number = 0;
        if (!MallocExtension_GetNumericProperty(properties[i], &number))
            continue;
        (void)snprintf(value, sizeof value, "%zu", number);
        emit(properties[i], value, context);
    }
    if (MallocExtension_GetMemoryReleaseRate) {
        (void)snprintf(value, sizeof value, "%g", MallocExtension_GetMemoryReleaseRate());
        emit("tcmalloc.release_rate", value, context);
        return;
    }
    const char *asked = getenv("TCMALLOC_RELEASE_RATE");
    if (asked)
        (void)snprintf(value, sizeof value, "%s (TCMALLOC_RELEASE_RATE)", asked);
    emit("tcmalloc.release_rate", asked ? value : "1 (documented default)", context);
}

void gperftools_release(void)
{
    MallocExtension_ReleaseFreeMemory();
}

int gperftools_live_at_exit(struct allocator_leftover *out)
{
    struct allocator_stats now;
    if (gperftools_stats(&now) < 0)
        return -ENOTSUP;
    *out = (struct allocator_leftover){.blocks = ALLOCATOR_NA, .bytes = now.value[STAT_LIVE]};
    return 0;
}

/* Text of level 2, with the size classes: given to whoever has room for 10000 bytes. */
int gperftools_detail(const char *path)
{
    enum { LEVEL_2 = 1 << 17 };
    char *text = malloc(LEVEL_2);
    FILE *out = fopen(path, "we");
    int code = text && out ? 0 : -errno;
    if (code == 0) {
        MallocExtension_GetStats(text, LEVEL_2);
        (void)fputs(text, out);
    }
    if (out && fclose(out) != 0 && code == 0)
        code = -errno;
    free(text);
    return code;
}
