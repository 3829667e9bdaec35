#include "tool.h"

#include <stddef.h>

const struct tool tool_massif = {
    .name = "massif",
    .summary = "valgrind: the heap over time, and who held it when it was quiet",
    .needs_program = "valgrind",
    .package = "Debian: apt install valgrind",
    .on_glibc = true,
    .path_ends = "% ", /* vgdb takes words apart at spaces */
    .prefix = WORDS{"/usr/bin/env", "valgrind", "--tool=massif", "--num-callers=40",
                    "--threshold=0.1", "--massif-out-file=%/massif.out", "--xtree-memory=full",
                    "--xtree-memory-file=%/massif.kcg", "--log-file=%/massif.log", NULL},
    .in_executables = true,
    .slowdown = 3,
    .at_quiet = {{.file = "massif-vgdb.txt",
                  .argv = WORDS{"vgdb", "--pid=@", "-c", "detailed_snapshot", "%/massif-live.out",
                                "-c", "xtmemory", "%/massif-live.kcg", NULL}}},
    .after = {{.file = "massif.txt", .argv = WORDS{"ms_print", "%/massif.out", NULL}},
              {.file = "massif-live-table.txt",
               .argv = WORDS{"callgrind_annotate", "--inclusive=yes", "%/massif-live.kcg", NULL}}},
    .sources = {{MOMENT_LIVE, "massif-live.kcg", -1, read_xtree},
                {MOMENT_LIVE, "massif-live.out", -1, read_massif, .names_only = true},
                {MOMENT_LOST, "massif.kcg", -1, read_xtree}},
    .raw = "massif.txt (graph and peak tree), massif-live-table.txt, massif-live.kcg (kcachegrind)",
};
