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
 * Every line has a status; the worst one is the gate's.
 */
#pragma once

#include <stddef.h>

#include "ceilings.h"
#include "cleanup.h"
#include "err.h"
#include "result.h"

enum { GATE_BLOCKS = 3, GATE_DECIDING_BLOCKS = 6 };

enum gate_kind { GATE_TRIALS, GATE_LEAK, GATE_CEILING, GATE_REGRESSION, GATE_TIME };
extern const char *const gate_kind_names[]; /* "trials", "leak", …; NULL-terminated */

/* In order of gravity, but that GATE_FAIL is worse than GATE_UNDECIDED. */
enum gate_status { GATE_PASS, GATE_WARN, GATE_UNDECIDED, GATE_FAIL };
extern const char *const gate_status_names[]; /* "pass", "warn", "undecided", "FAIL" */

/* What would decide an undecided line. */
enum gate_wish { WISH_NOTHING, WISH_BLOCKS, WISH_CYCLES };

struct gate_line {
    enum gate_kind kind;
    enum gate_status status;
    enum gate_wish wish;
    const char *workload, *row;  /* borrowed; row NULL: about all */
    const char *subject;         /* borrowed; NULL: about the trials as a whole */
    const struct metric *metric; /* NULL where there is none */
    char *name;                  /* stable over runs: "peer: rss_anon_plateau_bytes ceiling" */
    char *message;               /* what was found */
    int file_line;               /* of the ceilings file; 0: none */
};

struct gate_report {
    struct gate_line *lines;
    size_t count;
    enum gate_status status;   /* the worst */
    const char *ceilings_path; /* borrowed; NULL without */
};

struct gate_request {
    const struct result *result;
    const struct result *doubled;    /* the run with twice the cycles, or NULL */
    const struct ceilings *ceilings; /* or NULL: leaks and trials alone */
    const struct result *baseline;   /* or NULL */
};

/* -EINVAL, with file and line, when a ceiling or an expected leak is about what was not run. */
int gate_check(const struct gate_request *request, struct gate_report *out, struct err *err);
void gate_report_release(struct gate_report *report);
DEFINE_AUTO(gate_report, gate_report_release)

/* Is there an undecided line with this wish? */
bool gate_wishes(const struct gate_report *report, enum gate_wish wish);

/* How many lines have this status. */
size_t gate_count(const struct gate_report *report, enum gate_status status);
