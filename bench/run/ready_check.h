/*
 * ready_check: a subject has said that it is ready, and who it is; that is believed only where it
 * matches what was started: process, allocator, the file that serves, huge pages. Internal to run/.
 */
#pragma once

#include "play.h"

/* As play.h has it: where it does not match, the trial is invalid, with a sentence. */
int ready_check(struct trial *trial, size_t role, const struct control_line *line);
