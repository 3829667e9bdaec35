/*
 * ledger_curve: live from the ledger, for a row whose allocator has no count of its own.
 *
 * The ledger's pass does the same rounds as the measured trials, so it has a point at each cycle
 * that they have one at. RSS stays the trial's own; only live is put in.
 */
#pragma once

#include <stdbool.h>

#include "memory_curve.h"
#include "pass.h"

/* False, and nothing is changed, where the curve has live already or a point has no counterpart. */
bool ledger_curve_fill(const struct pass *ledger, struct memory_curve *curve);

/* The same for one moment (trial_curve_moment()): live at the end of that phase of the pass. */
bool ledger_curve_fill_moment(const struct pass *ledger, enum record_phase phase,
                              struct memory_curve *curve);
