/*
 * compiled_once: the compiled form of the trace of a workload, made when it is first asked for and
 * kept as long as this process lives: all trials of a run play the same one.
 */
#pragma once

#include "compile.h"
#include "err.h"
#include "trace_facts.h"
#include "workload.h"

struct compiled_once {
    char path[64]; /* by which another process of this user opens it */
    struct compiled_facts facts;
    uint64_t lost_events, unknown_frees;
    uint32_t images, images_unrecorded;
    uint32_t image;        /* that is played */
    uint64_t other_events; /* of images that are not played */
    int cores;             /* that the program might run on; 0: it is not told */
    const char *damage;    /* NULL: the trace is whole */
    /* What it says of its recording, and when slices end in it; NULL: nothing. */
    const struct trace_facts *told;
    const struct compiled_slice *slices; /* as many as the workload has rounds */
};

/* *out stays as long as no other workload is asked for. -EINVAL, -ENOENT and other -errno with a
 * sentence. */
int compiled_once(const struct workload *workload, const struct compiled_once **out,
                  struct err *err);
