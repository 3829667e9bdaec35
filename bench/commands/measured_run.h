/*
 * measured_run: what `run` and `replay` do: a run is planned or resumed, carried out, stored and
 * reported.
 */
#pragma once

#include "on_slurm.h"
#include "planning.h"
#include "recommend.h"

struct measured_run {
    const struct planning *planning;
    const char *resume;           /* this run instead; NULL */
    const struct on_slurm *where; /* NULL: here */
    bool live;
    const struct recommend_weights *weights;
    const char *line; /* as typed */
};

/* Prints. An exit status, with a sentence in `err` where that is not EXIT_OK. */
int measured_run(const struct measured_run *run, struct err *err);
