/*
 * trial_notes: what has to be said of a workload's trials, for the formats that are read by people.
 * Trials that are alike make one line. Noise comes in numbers, so all noisy and all repeated trials
 * are alike; others are for the same reason.
 *
 *     noisy, kept: 5 trials (glibc 3, mimalloc 2), such as glibc, block 1, attempt 3: others used …
 *     invalid: jemalloc+prof, block 2, attempt 1: the work does not match
 */
#pragma once

#include <stddef.h>

#include "result.h"

/* Walk the lines, from *cursor = 0: the next one, for the caller to free; NULL at the end. */
char *trial_notes_next(const struct result_workload *workload, size_t *cursor);
