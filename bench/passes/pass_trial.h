/*
 * pass_trial: one pass, from the row and the tool to the figures.
 *
 * The trial is shortened to PASS_CYCLES cycles without quiet times: enough for exact counts, since
 * a block lost per cycle shows after one. A ledger pass that has to supply a row's live curve runs
 * all rounds (`whole`), so that its points stand at the same cycles as the measured ones.
 */
#pragma once

#include <stdbool.h>

#include "allocator.h"
#include "err.h"
#include "pass.h"
#include "spec.h"
#include "trial.h"

enum { PASS_CYCLES = 64 };

struct pass_request {
    const struct workload *workload;
    const struct trial_row *row;
    const struct allocator *allocator;
    const struct tool *tool; /* NULL: the ledger */
    bool whole;
    const char *programs;
    const char *libraries; /* folder of libledger.so */
    const char *folder;    /* dumps and logs go there */
    struct trial_pins pins;
    int interrupt_fd;
};

/* Fill `pass` (initialised, with workload, row, tool and version set). What goes wrong under the
 * tool is in pass->unavailable; a negative errno is a fault of the driver, or -EINTR. */
int pass_trial_run(const struct pass_request *request, struct pass *pass, struct err *err);
