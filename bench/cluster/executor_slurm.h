/*
 * executor_slurm: cells handed to an existing Slurm cluster as arrays of jobs, and brought back
 * (bring_cells.h) as they become whole.
 *
 * A task of an array is what is missing of one block: its workloads one after another on one node,
 * which it has for itself (--exclusive). Where so many hosts are asked for, that many nodes are
 * chosen, idle ones first, and each gets its own array, of which one task runs at a time: every
 * host has its share of whole blocks. Where none are asked for, Slurm spreads one array as it
 * likes.
 *
 * What ended without its cell is submitted again, at most SLURM_AGAIN times, to nodes that are up
 * then. Interrupted, all jobs are cancelled, and what was measured is kept.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "bring_cells.h"
#include "executor.h"
#include "words.h"

enum { SLURM_AGAIN = 2, SLURM_ARRAY_MOST = 1000 };

struct slurm_watch {
    int64_t cells, done, running, pending, failed; /* running, pending: tasks, of a block each */
    int64_t left_ns;                               /* estimate; -1: not known yet */
    const char *nodes;                             /* that tasks run on */
    const char *reason;                            /* why the first one pends; "" */
};

struct executor_slurm {
    const char *dir;            /* of the run, absolute */
    const char *heapchurn;      /* as nodes find it */
    const char *programs;       /* NULL: beside it */
    const char *partition;      /* NULL: the default one */
    const char *copy_back;      /* slurm_script.h */
    int64_t hosts;              /* 0: as many as there are */
    int64_t limit_s;            /* of a task; 0: expected_time.h */
    const char *const *options; /* more of sbatch; NULL: none */
    bool detach;                /* submit, and do not wait */
    int interrupt_fd;

    /* Both with `context`. */
    void (*watch)(void *context, const struct slurm_watch *now);
    void (*say)(void *context, const char *sentence);
    void *context;

    struct bring_cells bring; /* `dir` and `stored` of it are the caller's to set */
};

/* `slurm` is borrowed. cells() returns -EINPROGRESS when detached. */
struct executor executor_slurm(struct executor_slurm *slurm);

/* What the jobs of a run are called. */
void executor_slurm_name(const struct run *run, char *out, size_t size);
