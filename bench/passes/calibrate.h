/*
 * calibrate: one tool over the programs with known answers (calibration/cases.h).
 */
#pragma once

#include <stdbool.h>

#include "allocator.h"
#include "cases.h"
#include "err.h"

struct calibrate_request {
    const struct allocator *allocator;
    const struct tool *tool; /* NULL: the ledger */
    const char *programs;
    const char *libraries; /* folder of libledger.so */
    const char *folder;    /* dumps and logs go to folders below it */
    int interrupt_fd;      /* as trial.h has it; -1: none */
};

struct calibrate_reading {
    int64_t blocks, bytes; /* as the tool says */
    int64_t expected;      /* blocks, the remainder of a clean program included */
    int64_t remainder;     /* blocks that a clean program of the same kind reads */
    bool right;
    char unavailable[ERR_TEXT_MAX]; /* why there is no reading; empty: there is */
};

/* Run all cases, one after another. 0, or -EINTR once interrupted: nothing is told then. */
int calibrate_tool(const struct calibrate_request *request,
                   struct calibrate_reading out[CASE_COUNT], struct err *err);
