/*
 * sampler: looks at the measured roles from outside on every tick, and writes the samples into the
 * record. Its own CPU time is measured and stored with the trial.
 */
#pragma once

#include "record.h"
#include "role_tree.h"

struct sampler {
    struct record *record;
    struct role_tree *trees; /* one per measured role */
    size_t count;
    int64_t base_ns; /* clock of the trial's baseline; 0: not begun, ticks are ignored */
    enum record_phase phase;
    bool ended; /* the last phase is over: what leaving does to memory is nobody's */
    int64_t last_rss_bytes, last_rss_anon_bytes; /* of the primary one, to show progress */
};

/* For the measured roles that the record has. */
void sampler_init(struct sampler *sampler, struct record *record);

/* Who belongs to a role that may be several processes: every SAMPLER_WALK_NS, or now. `others` are
 * the processes of other roles. Where the role has changed it is looked at exactly. */
enum { SAMPLER_WALK_NS = 200 * 1000 * 1000 };
void sampler_walk(struct sampler *sampler, size_t role, const struct process_tree *others,
                  bool now);

/* Its process was started. */
int sampler_attach(struct sampler *sampler, size_t role, pid_t pid, struct err *err);

/* The baseline: elapsed time counts from now. */
void sampler_begin(struct sampler *sampler);

/* One cheap look at all. */
void sampler_tick(struct sampler *sampler);

/* One look at one role together with the statistics it just gave. At the end of a round it is exact
 * while that takes SAMPLER_EXACT_SHARE of a core at most, all roles together; the record says how
 * often it was. LOOK_EXACT always is: who asks does not do so often. Every SAMPLER_STACKS_EVERY-th
 * of them looks for stacks as well, which needs smaps.
 */
#define SAMPLER_EXACT_SHARE 0.008
enum { SAMPLER_STACKS_EVERY = 8 };
enum sampler_look { LOOK_CHEAP, LOOK_EXACT, LOOK_ROUND_END };
void sampler_add(struct sampler *sampler, size_t role, const struct allocator_stats *stats,
                 enum sampler_look look);

/* The dear look that ends a phase; also starts the peak anew. It is exact. */
void sampler_snapshot(struct sampler *sampler, size_t role, enum record_phase phase,
                      const struct allocator_stats *stats, int64_t stat_read_ns);

/* The same of a role that ends by itself: what it took from its start (PHASE_START: nothing) to
 * now; it may have ended. What it holds is not told. */
void sampler_snapshot_life(struct sampler *sampler, size_t role, enum record_phase phase);

int64_t sampler_elapsed_ns(const struct sampler *sampler);

void sampler_close(struct sampler *sampler);
DEFINE_AUTO(sampler, sampler_close)
