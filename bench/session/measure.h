/*
 * measure: what a run still lacks is measured and stored, trial by trial, and then its passes. What
 * `heapchurn run` and `heapchurn check --rerun` share. Nothing is printed here: whoever wants to
 * see it go on gives an observer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "pass.h"
#include "plan.h"
#include "runner.h"
#include "store.h"

/* What is going to be measured. */
struct measure_view {
    const struct plan *plan;
    const struct workload *workloads;
    size_t workload_count;
    const struct trial_row *rows;
    size_t row_count;
};

/* Told what happens, as it happens; no member may be NULL. `context` is handed back. */
struct measure_observer {
    /* Everything is ready, nothing has begun; what is borrowed stays until ended(). A negative
     * errno with a sentence ends it. */
    int (*began)(void *context, const struct measure_view *view, struct err *err);
    void (*progress)(void *context, const struct runner_progress *at);
    void (*trial_finished)(void *context, const struct runner_progress *at,
                           const struct record *record);
    void (*pass_finished)(void *context, size_t number, size_t count, const struct pass *pass);
    void (*ended)(void *context); /* the trials; passes come after it */
    void *context;
};

struct measure {
    const char *dir;       /* the run's folder */
    struct plan_cell only; /* of the run; block 0: all */
    bool as_they_are; /* a trial of any outcome is not measured again, as it is in whole cells */
    const struct stored_run *stored; /* and what it holds already */
    const char *programs;            /* folder of the programs of roles; NULL: beside heapchurn */
    int64_t repeats_until_ns;        /* noisy trials are measured again (runner.h); 0: whenever */
    bool passes;                     /* the trials are followed by the passes that are missing */
    const char *const *leak_tools;   /* of the passes, */
    size_t leak_tool_count;          /* 0: the default ones */
    const struct executor *executor; /* NULL: this machine */
    const struct host *here;         /* what it is said to be; NULL: as it is described */
    const struct measure_observer *observer;
};

/* Are the programs of all rows there? -ENXIO with a sentence; before anything is stored. */
int measure_check_programs(const struct run *run, const char *programs, struct err *err);

/* What scenarios want to be kept with the run; after it was created in `dir`. */
int measure_keep(const char *dir, const struct run *run, struct err *err);

/* -EINTR when a signal asked to stop: what was measured is stored. */
int measure_missing(const struct measure *measure, struct err *err);
