/*
 * row_records: which trial of each block counts for a row, and what is to be known of the others.
 * Internal to result/.
 */
#pragma once

#include "result.h"

/* Into `row`, which has room: records, notes, and how many were missing, repeated, failed. */
void row_records_choose(const struct stored_run *stored, const char *workload,
                        struct result_row *row);
