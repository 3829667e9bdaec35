/*
 * agent_cost: what the agent itself takes in a measured process, as counters of its statistics.
 * Internal. Each is of this process since its agent began:
 *
 *     agent_cpu_ns             of its thread
 *     agent_requests           that it has answered, this one included
 *     agent_begin_bytes        resident after it had begun, beyond what was before: proof, thread
 *     agent_first_stats_bytes  resident after the allocator's first statistics, beyond before
 *
 * What a filter forbids to look at is left out. Nothing here allocates.
 */
#pragma once

#include <stdint.h>

#include "control.h"

/* Resident now, as statm says; -1: unknown. */
int64_t agent_cost_resident_bytes(void);

/* `before_bytes`: what was resident before; -1: unknown. */
void agent_cost_begun(int64_t before_bytes);
void agent_cost_first_stats(int64_t before_bytes);

/* The counters, as they are. */
void agent_cost_add(struct control_line *line);

/* In a process just forked. */
void agent_cost_fork(void);
