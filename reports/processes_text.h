/*
 * processes_text: roles that are several processes, for the formats that are read by people. Shown
 * is the primary role of a row's first valid trial; how many they were, over all of them.
 */
#pragma once

#include <stddef.h>

#include "record.h"
#include "result.h"

extern const char *const processes_caption;

/* The role; NULL where no trial is valid, or it was one process. */
const struct record_role *processes_role(const struct result_row *row);

/* "3", or "1 to 4": at the ends of rounds. Returns `out`. */
const char *processes_count(const struct result_row *row, char *out, size_t size);

/* How many of the table did not prove their allocator. */
size_t processes_unproved(const struct record_role *role);

/* The one that held most, at the last look at it. */
const struct record_process *processes_largest(const struct record_role *role);

/* A figure in MiB, or "n/a". Returns `out`. */
const char *processes_mib(int64_t bytes, char *out, size_t size);
