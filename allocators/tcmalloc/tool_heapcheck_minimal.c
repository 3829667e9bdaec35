#include <stddef.h>

#include "heapcheck.h"

const struct tool tool_heapcheck_minimal = {
    .name = "heapcheck-minimal", HEAPCHECK("minimal"), .kind = TOOL_UNREACHABLE};
