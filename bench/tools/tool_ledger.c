#include "tool.h"

#include <stddef.h>

/* Our own count of all calls (ledger/ledger.h). It is no allocator's, and has a pass of its own. */
const struct tool tool_ledger = {
    .name = "ledger",
    .environment = WORDS{"LD_PRELOAD=%/libledger.so", NULL},
    .path_ends = " :",
    .figures = TOOL_ASKS_EXIT,
};
