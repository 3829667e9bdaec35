/*
 * The allocator of AddressSanitizer: not a row of the comparison but the one row of an instrumented
 * build, so that the whole churn runs under the sanitizers. Freed blocks wait in its quarantine.
 *
 *   live    __sanitizer_get_current_allocated_bytes(): as requested, without rounding
 *   heap    __sanitizer_get_heap_size()
 */
#include "allocator.h"
#include "text.h"

#define WEAK __attribute__((weak))
extern size_t __sanitizer_get_current_allocated_bytes(void) WEAK;
extern size_t __sanitizer_get_heap_size(void) WEAK;
extern void __sanitizer_purge_allocator(void) WEAK;

static const void *api(void)
{
    return (const void *)__sanitizer_get_current_allocated_bytes;
}

static int version(char *out, size_t size)
{
    (void)text_copy(out, size, "of compiler " __VERSION__);
    return 0;
}

static int stats(struct allocator_stats *out)
{
    allocator_stats_init(out);
    out->value[STAT_LIVE] = (int64_t)__sanitizer_get_current_allocated_bytes();
    out->value[STAT_HEAP] = (int64_t)__sanitizer_get_heap_size();
    return 0;
}

static const char *unavailable(enum allocator_stat stat)
{
    return stat == STAT_LIVE || stat == STAT_HEAP ? NULL : "the sanitizer does not tell";
}

static void options(allocator_option_fn *emit, void *context)
{
    (void)emit;
    (void)context;
}

static void release(void)
{
    __sanitizer_purge_allocator();
}

static int live_at_exit(struct allocator_leftover *out)
{
    out->blocks = ALLOCATOR_NA;
    out->bytes = (int64_t)__sanitizer_get_current_allocated_bytes();
    return 0;
}

static const struct allocator_variant variants[] = {
    {
        .suffix = "",
        .why = "the instrumented build: its figures are the sanitizer's, not an allocator's",
        .defaults = "",
#ifdef __SANITIZE_ADDRESS__
        .by_default = true, /* there it is the only one */
#endif
    },
    {.suffix = NULL},
};

const struct allocator allocator_sanitizer = {
    .name = "sanitizer",
    .title = "AddressSanitizer's allocator",
    .link = "-fsanitize=address,undefined",
    .package = "gcc",
    .api = api,
    .version = version,
    .stats = stats,
    .unavailable = unavailable,
    .options = options,
    .release = release,
    .release_call = "__sanitizer_purge_allocator()",
    .release_reach = "the whole process",
    .live_at_exit = live_at_exit,
    .variants = variants,
    .no_tools = "in an instrumented build LeakSanitizer itself fails a program that leaks",
    .no_ledger = "the sanitizer's malloc must come first in the process",
};
