#include "tool.h"

#include <stddef.h>

#define INTERPRETER "/usr/lib/heaptrack/libexec/heaptrack_interpret"

const struct tool tool_heaptrack = {
    .name = "heaptrack",
    .summary = "heaptrack: every call, at the least cost of all that see every call",
    .needs_library = "/usr/lib/heaptrack/libheaptrack_preload.so",
    .needs_program = INTERPRETER,
    .package = "Debian: apt install heaptrack",
    .on_glibc = true,
    .environment = WORDS{"LD_PRELOAD=/usr/lib/heaptrack/libheaptrack_preload.so",
                         "DUMP_HEAPTRACK_OUTPUT=%/heaptrack.raw", NULL},
    .slowdown = 1.2,
    .at_quiet = {{.file = "heaptrack-live.raw", .argv = WORDS{"cat", "%/heaptrack.raw", NULL}}},
    .after = {{.file = "heaptrack-live.txt",
               .argv = WORDS{"sh", "-c", "exec " INTERPRETER " < \"$0\"", "%/heaptrack-live.raw",
                             NULL}},
              {.file = "heaptrack.txt",
               .argv =
                   WORDS{"sh", "-c", "exec " INTERPRETER " < \"$0\"", "%/heaptrack.raw", NULL}}},
    .sources = {{MOMENT_LIVE, "heaptrack-live.txt", -1, read_heaptrack},
                {MOMENT_LOST, "heaptrack.txt", -1, read_heaptrack}},
    .blind = "while the program runs its last calls, of 4 KiB, are not in the trace yet",
    .raw = "heaptrack.txt (heaptrack_print, or gzip it for heaptrack_gui)",
};
