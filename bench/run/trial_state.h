/*
 * trial_state: a trial under way, as its script (trial.c) and what scenarios ask of it (play.c) see
 * it. Internal to run/.
 */
#pragma once

#include "clock.h"
#include "play.h"
#include "sampler.h"
#include "substitute.h"
#include "supervisor.h"
#include "trial.h"

struct trial {
    const struct trial_options *options;
    const struct scenario *scenario;
    struct record *record;        /* its roles are the scenario's, in the same order */
    struct supervisor supervisor; /* and so are the supervised ones */
    struct sampler sampler;
    int slow_reads[SCENARIO_ROLES_MAX];
    struct substitute substitute; /* of the library that measured roles are linked against */
    size_t first_round;           /* the sample at its end, from 1; 0: none yet … */
    size_t searched;              /* … among so many */
    size_t loaded;                /* the sample of this round that saw most, from 1; 0: none yet */
    cpu_set_t spread;             /* where what is measured runs, of several (play_start.cores) */
    void *state;                  /* the scenario's */
};

static inline bool trial_has_channel(const struct trial *trial, size_t role)
{
    return !trial->scenario->ends && trial->supervisor.roles[role].process.control_fd >= 0;
}

static inline int64_t trial_deadline(int64_t duration_ns)
{
    return clock_now_ns() + duration_ns;
}

/* The end of a phase: statistics and the dear look at every measured role; the next one begins. */
int trial_end_phase(struct trial *trial, enum record_phase phase);
