#include "tool.h"

#include <stddef.h>

#define NOT_READ "its file is read by bytehound alone"

const struct diagnose_tool tool_bytehound = {
    .name = "bytehound",
    .summary = "bytehound, where it is installed: its file is kept for 'bytehound server'",
    .needs_library = "libbytehound.so",
    .package = "Debian does not package it",
    .environment = (const char *const[]){"LD_PRELOAD=libbytehound.so",
                                         "MEMORY_PROFILER_OUTPUT=%/bytehound.dat", NULL},
    .slowdown = 1.5,
    .lacks = {NOT_READ, NOT_READ, NOT_READ},
    .raw = "bytehound.dat (bytehound server)",
};
