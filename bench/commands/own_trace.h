/*
 * own_trace: `heapchurn replay FILE…`: traces as workloads without a file. What was said on the
 * command line becomes a workload file each, which is read like any other.
 */
#pragma once

#include <stdint.h>

#include "err.h"
#include "options.h"
#include "paths.h"

enum { OWN_TRACES_MAX = 32 };

struct own_trace {
    struct option_words files;
    const char *mode; /* NULL: the default */
    int64_t slices;   /* -1: the default */
    int64_t image;    /* -1: the one with the most events */
};

/* Write a workload for each to `folder`; their paths. -EINVAL and -ENOENT with a sentence, -errno.
 */
int own_trace_write(const struct own_trace *traces, const char *folder,
                    char out_paths[OWN_TRACES_MAX][PATHS_MAX], struct err *err);
