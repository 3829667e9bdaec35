#include "tool.h"

#include <stddef.h>

#define WORDS (const char *const[])

const struct diagnose_tool tool_lsan = {
    .name = "lsan",
    .summary = "LeakSanitizer: blocks that nothing points to at the end",
    .needs_library = "liblsan.so.0",
    .package = "Debian: apt install liblsan0",
    .environment = WORDS{"LD_PRELOAD=liblsan.so.0", "LSAN_OPTIONS=exitcode=0:log_threads=1", NULL},
    .slowdown = 1.2,
    .sources = {{MOMENT_LOST, "peer.log", -1, read_lsan}},
    .lacks = {[MOMENT_LIVE] = "LeakSanitizer counts only what nothing points to",
              [MOMENT_TOTAL] = "LeakSanitizer counts only what nothing points to"},
    .raw = "peer.log",
};
