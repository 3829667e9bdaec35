/*
 * steps: what a trial's script and its load have in common: the state of the trial under way, and
 * the questions to the subjects. Internal to run/.
 */
#pragma once

#include "sampler.h"
#include "supervisor.h"
#include "trial.h"

enum { RECORD_PEER, RECORD_PROXY, RECORD_ROLE_COUNT };

struct trial {
    const struct trial_options *options;
    struct record *record;
    struct supervisor supervisor;
    struct sampler sampler;
    int slow_reads[RECORD_ROLE_COUNT];
    int64_t processes_failed; /* processes mode: RECORD_NA until the churner has said it */
};

/* Subjects are the first of the supervised roles. */
static inline enum supervisor_role steps_subject(size_t role)
{
    _Static_assert((int)SUPERVISOR_PEER == (int)RECORD_PEER &&
                       (int)SUPERVISOR_PROXY == (int)RECORD_PROXY,
                   "a subject has the same number everywhere");
    return (enum supervisor_role)role;
}

/* Ask one subject for its statistics, answered when `counter` (NULL: none) has reached `goal`. */
int steps_ask_stats(struct trial *trial, size_t role, const char *counter, int64_t goal,
                    struct allocator_stats *out, int64_t *out_read_ns);

/* The end of a round: everybody has left, and the peer's `counter` says so. */
int steps_sample_round_end(struct trial *trial, const char *counter, int64_t goal);

/* Statistics and the dear look at both subjects; the next phase begins. */
int steps_end_phase(struct trial *trial, enum record_phase phase);
