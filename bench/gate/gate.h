/*
 * gate: does a stored run pass? Pure: the same files give the same answer for ever.
 *
 *     trials      A block that failed or is invalid: undecided. One that never ran: warns while
 *                 GATE_BLOCKS are left, else undecided. What could not be measured is never passed.
 *
 *     leak        Each subject of each row. A majority of GATE_BLOCKS or more says leak, and one of
 *                 them is sure: fails. A leak that nobody is sure of or that one pass of the ledger
 *                 alone says, and inconclusive: undecided until twice the cycles were run; a leak
 *                 again: fails, another verdict: warns, live not told: still undecided.
 *                 No leak, by one pass of the ledger alone: warns. Nobody tells live: warns.
 *
 *     ceiling     Median of the blocks over it: undecided until there are GATE_DECIDING_BLOCKS,
 *                 then fails if two thirds of them are over it, else warns. With blocks 5 % below
 *                 the ceiling and a spread of 8 %, 4.8 % of sessions fail; 10 % above it, 96 %.
 *                 Peaks (extreme values) and times warn at most.
 *
 *     regression  Memory against a baseline of REGRESSION_BASELINE_BLOCKS or more on the same
 *                 machine (regression.h). A rise: undecided until there are GATE_DECIDING_BLOCKS,
 *                 then fails.
 *
 *     time        Against the baseline, each block's ratio to the control row: reported only.
 *
 *     replay      Of each trace: one that does not stand for its program (replay_check.h) is
 *                 undecided, as are memory over a ceiling and a rise in it; one that is indicative
 *                 or unchecked warns. Memory over a ceiling, or a rise, by less than twice the
 *                 error warns.
 *
 * Every line has a status; the worst one is the gate's.
 */
#pragma once

#include "err.h"
#include "gate_report.h"

/* -EINVAL, with file and line, when a ceiling or an expected leak is about what was not run. */
int gate_check(const struct gate_request *request, struct gate_report *out, struct err *err);
