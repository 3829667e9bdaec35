#include "tool.h"

#include <stddef.h>

const struct tool tool_memcheck = {
    .name = "memcheck",
    .summary = "valgrind: every block, lost or still reachable, with its stack",
    .needs_program = "valgrind",
    .package = "Debian: apt install valgrind",
    .on_glibc = true,
    .path_ends = "%",
    .prefix = WORDS{"/usr/bin/env", "valgrind", "--tool=memcheck", "--leak-check=full",
                    "--show-leak-kinds=all", "--num-callers=40", "--log-file=%/memcheck.txt", NULL},
    .in_executables = true,
    .follows_forks = true,
    .tells_reachable = true,
    .slowdown = 5,
    .at_quiet = {{.file = "memcheck-live.txt",
                  .argv =
                      WORDS{"vgdb", "--pid=@", "leak_check", "full", "reachable", "any", NULL}}},
    .sources = {{MOMENT_LIVE, "memcheck-live.txt", -1, read_memcheck},
                {MOMENT_LOST, "memcheck.txt", -1, read_memcheck}},
    .lacks = {[MOMENT_TOTAL] = "memcheck counts all allocations but does not say where"},
    .raw = "memcheck.txt and memcheck-live.txt",
};
