/*
 * load: the churn itself, in its three modes, as requests to the churner. Internal to run/.
 */
#pragma once

#include "steps.h"

/* Messages mode: residents come before the baseline. Otherwise nothing. */
int load_gather(struct trial *trial);

/* The workload's load from its first cycle to its last, sampling at the end of each round. */
int load_run(struct trial *trial);

/* Residents go; then wait until the peer has heard the last good-bye. Its counters are then the
 * work that was done. */
int load_settle(struct trial *trial);
