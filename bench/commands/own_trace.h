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

/* struct own_trace; the heading that it stands under, or NULL */
#define OWN_TRACE_OPTION_MODE(type, member, heading)                                             \
    {                                                                                            \
        .name = "mode", .argument = "MODE", .kind = OPTION_TEXT,                                 \
        .at = offsetof(type, member) + offsetof(struct own_trace, mode), .group = (heading),     \
        .help = "virtual: the allocator's clock tells recorded time (default); paced: it takes " \
                "as long as it took; one-thread: for a quick look, not for judging"              \
    }

/* Write a workload for each to `folder`; their paths. -EINVAL and -ENOENT with a sentence, -errno.
 */
int own_trace_write(const struct own_trace *traces, const char *folder,
                    char out_paths[OWN_TRACES_MAX][PATHS_MAX], struct err *err);
