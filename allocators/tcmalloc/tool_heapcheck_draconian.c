#include <stddef.h>

#include "heapcheck.h"

const struct tool tool_heapcheck_draconian = {.name = "heapcheck-draconian",
                                              HEAPCHECK("draconian"),
                                              .kind = TOOL_NOT_FREED,
                                              .remainder = true};
