#include "tool.h"

#include <stddef.h>

#define LIBRARY "$(dirname \"$(command -v bytehound)\")/libbytehound.so"

/* No Debian release has it: the settings are those of its documentation, 0.11, and were never tried
 * with the tool itself; the slowdown is a guess. */
const struct tool tool_bytehound = {
    .name = "bytehound",
    .summary = "bytehound: every call (by its documentation; this row was never tried with it)",
    .needs_program = "bytehound",
    .package = "Debian has no package; put it and libbytehound.so into one folder in PATH",
    .on_glibc = true,
    .prefix = WORDS{"/bin/sh", "-c", "LD_PRELOAD=" LIBRARY " exec \"$@\"", "sh", NULL},
    .environment = WORDS{"MEMORY_PROFILER_OUTPUT=%/bytehound.dat", NULL},
    .slowdown = 1.5,
    .after = {{.file = "bytehound.log",
               .argv = WORDS{"bytehound", "export-heaptrack", "-o", "%/bytehound.txt",
                             "%/bytehound.dat", NULL}}},
    .sources = {{MOMENT_LOST, "bytehound.txt", -1, read_heaptrack}},
    .lacks = {[MOMENT_LIVE] = "its trace can be read only when the program has ended"},
    .raw = "bytehound.dat (bytehound server)",
};
