/*
 * work: what the processes say about themselves and their work, from lines into the record, and the
 * check against the plan's closed formula.
 */
#pragma once

#include "allocator.h"
#include "control.h"
#include "record.h"
#include "scenario.h"

/* "option name=… value=…" */
int work_add_option(struct record_role *subject, const struct control_line *line);

/* A number that the role counted. 0 or -ENOMEM. */
int work_set_counter(struct record_role *subject, const char *name, int64_t value);

/* "ready …": allocator, version, identity, endpoint, na.* */
int work_read_ready(struct record_role *subject, const struct control_line *line);

/* "stats …": allocator statistics into `out`, every other number into the subject's counters. */
int work_read_stats(struct record_role *subject, const struct control_line *line,
                    struct allocator_stats *out, int64_t *out_read_ns);

/* "released ns=… call=… reach=…" */
void work_read_released(struct record_role *subject, const struct control_line *line);

/* "exit live_blocks=… live_bytes=…", "exit cpu_ns=…" */
void work_read_exit(struct record_role *subject, const struct control_line *line);

/* join_ns=1,2,3 of the load's answer, where it has any. */
int work_add_joins(struct record *record, const struct control_line *line);

/* Compare all counters with the formulas of the scenario. A mismatch makes the record invalid, with
 * the first one as its reason. */
void work_check(const struct scenario *scenario, const struct workload *workload,
                struct record *record);
