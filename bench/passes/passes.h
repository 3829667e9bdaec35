/*
 * passes: after the measured trials, what tools say about each row: the allocator's own leak
 * reports and heap profiler, and the ledger. Each pass is a short trial of its own (pass_trial.h),
 * whose RSS and statistics are never reported as a row's.
 *
 * A pass that cannot be had (not in this version, dump missing or cut off, subject died) is a pass
 * too: it says why, and the rest of the run goes on.
 */
#pragma once

#include <stddef.h>

#include "err.h"
#include "pass.h"
#include "pass_trial.h"
#include "spec.h"
#include "trial.h"

struct passes {
    const struct workload *workloads;
    size_t workload_count;
    const struct trial_row *rows;
    size_t row_count;
    const struct record *records; /* what was measured: versions, and who cannot tell live */
    size_t record_count;
    const struct pass *stored; /* those carried out already are left out */
    size_t stored_count;
    const char *const *leak_tools; /* by name, instead of those that run by default */
    size_t leak_tool_count;
    const char *programs;
    const char *libraries; /* folder of libledger.so */
    struct trial_pins pins;
    int interrupt_fd;

    /* Supplied by the caller; `context` is handed back. 0 or a negative errno. perform() is
     * pass_trial_run(), here or elsewhere. */
    int (*perform)(void *context, const struct pass_request *request, struct pass *pass,
                   struct err *err);
    int (*folder)(void *context, const struct pass *pass, char *out, size_t size, struct err *err);
    int (*sink)(void *context, const struct pass *pass, struct err *err);
    void (*finished)(void *context, size_t number, size_t count, const struct pass *pass);
    void *context;
};

/* 0: all were carried out. -EINTR: interrupted. */
int passes_run(const struct passes *passes, struct err *err);

/* 0, or -ENOENT with the nearest name: is there a leak tool called this? */
int passes_check_tool(const char *name, struct err *err);
