/*
 * under_tool: any command under a memory tool, with the settings of `heapchurn diagnose`.
 */
#pragma once

#include <limits.h>

#include "err.h"
#include "interrupt.h"
#include "paths.h"
#include "tool.h"

/* The tool of that name, when it is there and can have any command beneath it. */
int under_tool_find(const char *name, char *const *command, const struct tool **out,
                    struct err *err);

/* Where the tool writes to, made and absolute: `output`, NULL: NAME.PID here. Where it reports on
 * the standard error of the command, that is kept there. */
int under_tool_folder(const struct tool *tool, const char *output, char out[PATH_MAX],
                      struct err *err);

/* How a command came to its end. */
struct under_tool_end {
    pid_t process;
    int wait_status;
    int64_t wall_ns;
    size_t left;    /* processes it had started that ran on when it had ended */
    size_t running; /* of these, which run still */
};

/* Run `command` under the tool, with our streams (of a tool that reports on standard error that one
 * passes through us) and in our group, and wait for its end; then,
 * where the tool follows forks, for that of the processes that it left behind, told on standard
 * error, until an interrupt. No process of the command's is ever ended from here; a signal that
 * somebody sends to us is passed on. */
int under_tool_run(const struct tool *tool, const char *folder, char *const *command,
                   const struct interrupt *interrupt, struct under_tool_end *out, struct err *err);
