/*
 * runner: a plan carried out, trial by trial. Each record goes to the sink as soon as it exists, so
 * that an interrupted run keeps what it measured.
 *
 * A trial that was noisy is run again, at most RUNNER_REPEATS times, and every attempt is kept;
 * when a third of the plan had to be repeated the machine is noisier than waiting can cure, and
 * further noisy trials are only marked.
 */
#pragma once

#include <stdint.h>

#include "plan.h"
#include "trial.h"

enum { RUNNER_REPEATS = 2 };

struct runner_row {
    const char *name;
    const char *allocator;
    char *const *environment;
};

struct runner_progress {
    int64_t trial, trials; /* position in the plan, from 1 */
    const char *workload;
    const char *row;
    int64_t block;
    int64_t attempt;
    int64_t left_ns; /* estimate from the trials done so far; -1: not known yet */
    struct trial_progress now;
};

struct runner {
    const struct plan *plan;
    const struct workload *workloads;
    const struct runner_row *rows;
    const char *programs;
    struct trial_pins pins;
    int64_t sample_period_ns;
    bool no_aslr;
    int interrupt_fd;
    int64_t repeated; /* trials of the plan that were repeated already (resume) */

    /* Supplied by the caller; `context` is handed back. All return 0 or a negative errno. */
    int (*folder)(void *context, const struct record *record, char *out, size_t size,
                  struct err *err);
    /* Attempts of this trial that are stored already (resume): 0 none; a valid quiet one: skip. */
    int64_t (*done)(void *context, const struct plan_trial *trial, bool *out_finished);
    int (*sink)(void *context, const struct record *record, struct err *err);
    void (*progress)(void *context, const struct runner_progress *progress);
    void (*finished)(void *context, const struct runner_progress *at, const struct record *record);
    void *context;
};

/* 0: every trial of the plan was carried out. -EINTR: interrupted between or within trials. */
int runner_run(const struct runner *runner, struct err *err);

/* The pinning for this machine: subjects on the last core allowed, driver and churner on the first;
 * unpinned (-1) when there is one core only. `out_text` says it in words. */
struct trial_pins runner_pins(char *out_text, size_t size);

/* Put the calling process (and what it starts unpinned) on the driver's core. */
void runner_pin_driver(const struct trial_pins *pins);
