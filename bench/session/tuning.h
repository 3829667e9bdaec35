/*
 * tuning: the settings of one allocator, measured rung by rung (tune_rung.h) under one workload.
 *
 *     DIR/tune.json          what was asked, and how much of the budget is spent
 *     DIR/rung-0 … rung-3    a run each (store.h), whose rows are the settings of that rung
 *     DIR/judges             of a trace: one block of it on the rows by which a replay is checked
 *                            (replay_check.h): what it may say of settings
 *
 * Which settings the next rung has is a function of the rungs before: what was interrupted is
 * resumed as any run, and goes on from there. Settings are ordinary rows of ordinary runs.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lock.h"
#include "measure.h"
#include "tune_rung.h"

struct tuning_request {
    struct run *run;          /* one workload and one row: what all settings build on; changed */
    struct run *judges;       /* of a trace; NULL: none; changed */
    const char *const *knobs; /* words of tune_settings_chosen(); none: all */
    size_t knob_count;
    int64_t budget_ns;
    struct recommend_weights weights;
};

struct tuning {
    char *dir;
    char *base; /* name of the row without a setting */
    const struct allocator *allocator;
    char **knobs; /* NULL-terminated */
    int64_t budget_ns, spent_ns;
    struct recommend_weights weights;
    struct tune_settings wanted; /* known once rung 0 has told the version; before, the defaults */
    size_t left_out;             /* settings the budget had no room for */
    struct stored_run rung[TUNE_RUNGS];
    size_t rung_count;
    struct stored_run judges;
    bool judged; /* are there any? */
    struct store_lock lock;
};

/* What is told on the way. */
struct tuning_observer {
    void (*judges)(void *context); /* they are asked now; NULL: nobody cares */
    void (*rung)(void *context, size_t rung, const struct tune_rung *next, int64_t trial_ns);
    void *context;
    struct measure_observer measure;
};

/* Begin in this folder, or -ENOENT, -EINVAL, -EEXIST … with a sentence, before anything runs. */
int tuning_begin(const struct tuning_request *request, const char *dir, struct tuning *out,
                 struct err *err);

/* Take up what is stored. -EXDEV: on another machine. */
int tuning_load(const char *dir, struct tuning *out, struct err *err);

/* Measure all that is missing. -EINTR: what was measured is stored. -ENOSPC: the budget is too
 * small. `executor` NULL: this machine. */
int tuning_measure(struct tuning *tuning, const char *programs, const struct executor *executor,
                   const struct tuning_observer *observer, struct err *err);

/* What is known by now. */
void tuning_data(const struct tuning *tuning, struct tune_data *out);

void tuning_release(struct tuning *tuning);
DEFINE_AUTO(tuning, tuning_release)
