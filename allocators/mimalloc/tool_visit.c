#include <stddef.h>

#include "mimalloc_heap.h"
#include "tool.h"

/* The subject walks its heap itself, before main returns. */
const struct tool tool_visit = {
    .name = "visit",
    .unavailable = mimalloc_not_all_seen,
    .allocator = "mimalloc",
    .kind = TOOL_NOT_FREED,
    .figures = TOOL_ASKS_EXIT,
    .by_default = true,
};
