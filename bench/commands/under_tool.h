/*
 * under_tool: any command under a memory tool, with the settings of `heapchurn diagnose`.
 */
#pragma once

#include "err.h"

/* Become `command` under the tool. What the tool writes goes to `output`, NULL: NAME.PID here.
 * Returns only when that fails, with the exit status. */
int under_tool_become(const char *tool_name, const char *output, char *const *command,
                      struct err *err);
