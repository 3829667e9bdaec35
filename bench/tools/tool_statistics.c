#include "tool.h"

#include <stddef.h>

#define NO_SITES "statistics count blocks by size, not by who allocated them"

const struct tool tool_statistics = {
    .name = "statistics",
    .summary = "the allocator's own statistics: where free memory sits, by size class and arena",
    .detail = true,
    .slowdown = 1,
    .lacks = {NO_SITES, NO_SITES, NO_SITES},
    .raw = "statistics.txt",
};
