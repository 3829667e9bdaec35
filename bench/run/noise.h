/*
 * noise: witnesses of what else happened on the machine during a trial. RSS after serialised work
 * hardly depends on it, times do. A noisy trial is marked and run again, never dropped.
 */
#pragma once

#include "record.h"

struct noise_watch {
    int64_t began_ns;
    int64_t busy_ticks, steal_ticks, all_steal_ticks, pressure_us;
    int cpu; /* the subjects' core, -1 when not pinned */
};

/* Take the counters at the beginning of the load … */
void noise_begin(struct noise_watch *watch, int cpu, struct record_noise *out);

/* … and judge their change at its end. The record's snapshots of start and churn are used for what
 * the subjects themselves took. */
void noise_end(const struct noise_watch *watch, struct record *record);
