#include <stddef.h>

#include "heapcheck.h"

const struct tool tool_heapcheck_strict = {
    .name = "heapcheck-strict", HEAPCHECK("strict"), .kind = TOOL_UNREACHABLE};
