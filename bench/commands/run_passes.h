/*
 * run_passes: the passes of a run (bench/passes), stored and reported to the user as they end.
 */
#pragma once

#include "carry_out.h"
#include "err.h"
#include "runner.h"

/* Carry out what is missing in the run stored in `dir`, with the programs, the pinning and the
 * interrupt descriptor of `runner`. 0, -EINTR, or another negative errno. */
int run_passes(const char *dir, const struct runner *runner, const struct leak_tools *leak_tools,
               struct err *err);
