/*
 * run_passes: the passes of a run (bench/passes), stored and told to its observer as they end.
 */
#pragma once

#include "err.h"
#include "measure.h"

/* Carry out what is missing, with the programs, the pinning and the interrupt descriptor of
 * `runner`. 0, -EINTR, or another negative errno. */
int run_passes(const struct measure *measure, const struct runner *runner, struct err *err);
