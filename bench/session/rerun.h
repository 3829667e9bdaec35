/*
 * rerun: the measurements that decide what a first run left open.
 *
 *   more blocks    three more of the same run, in its own folder: a ceiling is decided by six
 *   more cycles    a run with twice the rounds, in DIR/twice, and the ledger's pass of it: is it a
 *                  leak, or a long warm-up?
 *
 * Refused where the machine is not that of the first run (same_machine.h).
 */
#pragma once

#include "err.h"
#include "measure.h"
#include "store.h"

enum { RERUN_BLOCKS = 3 };

/* `how`: its folder, programs, executor and observer are used. */
int rerun_blocks(const struct measure *how, struct err *err);
int rerun_cycles(const struct measure *how, struct err *err);

/* Load the run with twice the cycles. -ENOENT, without a sentence, when there is none. */
int rerun_load_cycles(const char *dir, struct stored_run *out, struct err *err);
