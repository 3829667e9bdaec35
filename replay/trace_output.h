/*
 * trace_output: where a trace is written to, found before anything is recorded for it.
 *
 * It is written beside its place and renamed, so that it is there whole or not at all. What a name
 * must not be replaced of is therefore refused: a folder, a pipe, a device, a file that its owner
 * has write-protected. A link is followed: the trace is written where it points to.
 */
#pragma once

#include "err.h"

/* *out is the path to write to; free() it. -EISDIR, -ENOTSUP (a pipe, a device), -EACCES (it is
 * write-protected) and other -errno, each with a sentence. */
int trace_output_find(const char *path, char **out, struct err *err);
