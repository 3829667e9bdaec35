/*
 * executor_local: cells carried out on this machine, one trial at a time.
 */
#pragma once

#include "executor.h"

struct executor_local {
    const struct host *here; /* described before this thread was pinned, which takes cores away */
    const char *programs;    /* folder of the programs of a trial */
    struct trial_pins pins;
    int64_t sample_period_ns;
    bool no_aslr;
    int interrupt_fd; /* -1: none */
};

/* `local` is borrowed. */
struct executor executor_local(struct executor_local *local);
