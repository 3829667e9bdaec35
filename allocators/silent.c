#include "silent.h"

#include <errno.h>

#include "text.h"

const struct allocator_variant silent_variants[] = {
    {
        .suffix = "",
        .why = "as it is installed",
        .defaults = "",
    },
    {
        .suffix = "+nothp",
        .huge_pages = HUGE_PAGES_OFF,
        .why = "no transparent huge pages, whatever the machine gives",
        .defaults = "",
    },
    {.suffix = NULL},
};

int silent_version(char *out, size_t size)
{
    (void)text_copy(out, size, "not told");
    return 0;
}

int silent_stats(struct allocator_stats *out)
{
    allocator_stats_init(out);
    return 0;
}

void silent_options(allocator_option_fn *emit, void *context)
{
    (void)emit;
    (void)context;
}

int silent_live_at_exit(struct allocator_leftover *out)
{
    (void)out;
    return -ENOTSUP;
}
