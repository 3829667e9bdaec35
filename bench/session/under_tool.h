/*
 * under_tool: any command under a memory tool, with the settings of `heapchurn diagnose`.
 */
#pragma once

#include <limits.h>

#include "err.h"
#include "paths.h"
#include "tool.h"

/* The tool of that name, when it is there and can have any command beneath it. */
int under_tool_find(const char *name, char *const *command, const struct diagnose_tool **out,
                    struct err *err);

/* Where the tool writes to, made and absolute: `output`, NULL: NAME.PID here. "" when it writes
 * nothing. */
int under_tool_folder(const struct diagnose_tool *tool, const char *output, char out[PATH_MAX],
                      struct err *err);

/* Become `command` under the tool. Returns only when that fails. */
int under_tool_become(const struct diagnose_tool *tool, const char *folder, char *const *command,
                      struct err *err);
