/*
 * carry_out: the trials of a run that are not stored yet, measured and stored one by one, with
 * progress on standard error. What `heapchurn run` and `heapchurn check --rerun` share.
 */
#pragma once

#include <stdbool.h>

#include "err.h"
#include "store.h"

/* Are the programs of all rows there? -ENXIO with a sentence; before anything is stored. */
int carry_out_check(const struct run *run, const char *programs, struct err *err);

/* `stored` is the run in `dir` with what it holds already; `programs` is the folder of peer-*,
 * proxy-*, churner, or NULL: beside heapchurn. -EINTR when a signal asked to stop: what was
 * measured is stored. */
int carry_out(const char *dir, const struct stored_run *stored, const char *programs,
              struct err *err);

/* The same, and then the passes. `leak_tools` NULL: without them. `live`: the trials are shown on a
 * page meanwhile (live.h). */
struct leak_tools {
    const char *const *names;
    size_t count; /* 0: the default ones */
};
int carry_out_with_passes(const char *dir, const struct stored_run *stored, const char *programs,
                          const struct leak_tools *leak_tools, bool live, struct err *err);
