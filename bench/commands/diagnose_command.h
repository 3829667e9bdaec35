/*
 * diagnose_command: `heapchurn diagnose [--with TOOL] -- COMMAND`: a command of the user's under a
 * memory tool that fits it, and what the tool saw, as an answer.
 */
#pragma once

#include "err.h"
#include "tool.h"

struct diagnose_command {
    char *const *words;
    const char *tool;     /* NULL: the one that fits */
    const char *output;   /* the folder; NULL: TOOL.PID here */
    const char *programs; /* or NULL */
};

/* The status for the shell; the answer goes to standard error, since standard output is the
 * command's. */
int diagnose_command(const struct diagnose_command *wanted, struct err *err);

/* As tool_check_version(), by the version that is really here. What cannot be asked is
 * told by the pass. */
int diagnose_check_version(const struct tool *tool, const char *allocator, const char *programs,
                           struct err *err);
