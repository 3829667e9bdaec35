/*
 * carry_out: the trials of a run that are not stored yet, measured and stored one by one, with
 * progress on standard error. What `heapchurn run` and `heapchurn check --rerun` share.
 */
#pragma once

#include "err.h"
#include "store.h"

/* `stored` is the run in `dir` with what it holds already; `programs` is the folder of peer-*,
 * proxy-*, churner, or NULL: beside heapchurn. -EINTR when a signal asked to stop: what was
 * measured is stored. */
int carry_out(const char *dir, const struct stored_run *stored, const char *programs,
              struct err *err);
