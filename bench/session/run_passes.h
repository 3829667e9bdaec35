/*
 * run_passes: the passes of a run (bench/passes), stored and told to its observer as they end.
 */
#pragma once

#include "err.h"
#include "measure.h"

/* Where and with what they are carried out. */
struct run_passes {
    const struct executor *executor;
    const struct trial_row *rows; /* of the run */
    const char *programs;
    struct trial_pins pins;
    int interrupt_fd;
};

/* Carry out what is missing. 0, -EINTR, or another negative errno. */
int run_passes(const struct measure *measure, const struct run_passes *with, struct err *err);
