/*
 * run_request: from what the user typed to a struct run: rows and workloads by name, checked, with
 * everything that the store must know of them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "store.h"

struct run_request {
    const char *const *workload_names; /* none: the two of `make bench` */
    size_t workload_count;
    const char *const *row_names; /* none: the default rows; "all": every row there is */
    size_t row_count;
    bool one_row; /* more than one is an error */
    int64_t blocks;
    bool quick; /* rounds shortened to the workload's quick_rounds */
    uint64_t seed;
    int64_t sample_period_ns;
    bool no_aslr;
    bool no_passes;
    const char *const *leak_tools; /* of the passes; none: the default ones */
    size_t leak_tool_count;
    const char *command; /* as typed */
};

/* -ENOENT with the nearest name for what is unknown; a default row whose allocator is missing on
 * this machine is left out and named in `out_skipped` (one sentence per line; may stay empty). */
int run_request_resolve(const struct run_request *request, struct run *out, char *out_skipped,
                        size_t skipped_size, struct err *err);
