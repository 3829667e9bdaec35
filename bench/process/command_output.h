/*
 * command_output: run a program to its end and keep what it says.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

enum { COMMAND_OUTPUT_MAX_BYTES = 64 << 20 }; /* of what a program may print: it is a stranger */

/* argv[0] is looked up in PATH. `input` (may be NULL) is its standard input, `*out_text` what it
 * printed on standard output, NUL-terminated, freed by the caller. 0, or: -ENOENT no such program,
 * -ETIMEDOUT it was killed at its deadline, -EFBIG it printed more than COMMAND_OUTPUT_MAX_BYTES,
 * -EINTR when `interrupt_fd` (-1: none) became readable, -EIO it ended with another status than 0
 * (with its last words in the sentence; *out_text is set then too). */
int command_output(const char *const *argv, const char *input, int64_t deadline_ns,
                   int interrupt_fd, char **out_text, struct err *err);

/* Where a program of this name is in PATH; a name with a slash is its own path. False: nowhere. */
bool command_find(const char *name, char *out, size_t size);
bool command_exists(const char *name);
