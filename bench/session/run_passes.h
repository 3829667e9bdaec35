/*
 * run_passes: the passes of a run (bench/passes), carried out by an executor and stored.
 */
#pragma once

#include <stddef.h>

#include "err.h"
#include "executor.h"
#include "pass.h"
#include "trial.h"

struct run_passes {
    const char *dir;               /* the run's folder */
    const char *const *leak_tools; /* of the passes, */
    size_t leak_tool_count;        /* 0: the default ones */
    const struct executor *executor;
    const struct trial_row *rows; /* of the run */
    const char *programs;         /* NULL: none is started here */
    struct trial_pins pins;
    int interrupt_fd;
    void (*finished)(void *context, size_t number, size_t count, const struct pass *pass);
    void *context; /* handed back */
};

/* Carry out what is missing. 0, -EINTR, or another negative errno. */
int run_passes(const struct run_passes *with, struct err *err);
