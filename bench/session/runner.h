/*
 * runner: what a plan still lacks, handed to an executor (executor.h) in cells. Each record goes to
 * the sink as soon as it exists, so that an interrupted run keeps what it measured. No clock but
 * for the estimate of what is left, no process, no file: all of it runs in unit tests.
 *
 * A trial that was noisy is run again, at most RUNNER_REPEATS times, and every attempt is kept;
 * when a third of the plan, or of the one cell that is wanted, had to be repeated the machine is
 * noisier than waiting can cure, and further noisy trials are only marked.
 */
#pragma once

#include <stdint.h>

#include "executor.h"
#include "plan.h"

enum { RUNNER_REPEATS = 2 };

struct runner_progress {
    int64_t trial, trials; /* position in the plan, from 1 */
    const char *workload;
    const char *row;
    int64_t block;
    int64_t attempt;
    int64_t left_ns; /* estimate from the trials done so far; -1: not known yet */
    struct trial_progress now;
};

/* What is stored of one trial of the plan before this run of the driver. */
struct runner_stored {
    int64_t attempts;
    bool finished;    /* nothing more is wanted of it */
    const char *host; /* that measured it; NULL: none has, or it is not known */
};

struct runner {
    const struct plan *plan;
    struct plan_cell only; /* of it; block 0: all */
    const struct workload *workloads;
    const struct trial_row *rows;
    const struct executor *executor;
    int64_t repeated; /* trials of the plan that were repeated already (resume) */
    /* By clock.h: no trial is repeated that would make the plan end later, by the estimate of what
     * is left; 0: whenever. */
    int64_t repeats_until_ns;

    /* Supplied by the caller; `context` is handed back. 0 or a negative errno. */
    void (*stored)(void *context, const struct plan_trial *trial, struct runner_stored *out);
    int (*host)(void *context, const struct host *host, struct err *err);
    int (*folder)(void *context, const struct record *record, char *out, size_t size,
                  struct err *err);
    int (*sink)(void *context, const struct record *record, struct err *err);
    int (*adopt)(void *context, const struct record *record, const char *from, struct err *err);
    void (*progress)(void *context, const struct runner_progress *progress);
    void (*finished)(void *context, const struct runner_progress *at, const struct record *record);
    void *context;
};

/* 0: every trial of the plan was carried out. -EINTR: interrupted between or within trials.
 * -ENODATA: the executor says that it has ended, and has not brought all. */
int runner_run(const struct runner *runner, struct err *err);
