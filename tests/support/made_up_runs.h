/*
 * made_up_runs: synthetic runs that the tests of result and reports share.
 */
#pragma once

#include "store.h"

/* Three rows, two blocks, undrained: one row without a live counter, an invalid trial, a noisy one
 * that was repeated and one that was kept. This is tests/data/runs/mixed. */
void made_up_mixed(struct stored_run *out);

/* The same rows drained, three clean blocks. */
void made_up_drained(struct stored_run *out);

/* The same on three hosts, nine blocks; mimalloc takes more than glibc on the last one alone. */
void made_up_hosts(struct stored_run *out);

/* One row, named to break out of tables, CSV, markup and terminals; one block. */
#define MADE_UP_HOSTILE_NAME "<b>|\"x\",\033[31m_y_"
void made_up_hostile(struct stored_run *out);

/* Two rows, two blocks, nothing valid: failed, or never run. */
void made_up_nothing(struct stored_run *out);
