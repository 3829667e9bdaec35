/*
 * slurm_submission: which cells go to which nodes, as arrays of jobs. Internal to cluster/.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "executor_slurm.h"
#include "slurm.h"

struct slurm_task_cell {
    int64_t number;
    int64_t block;
};

/* An array that has been submitted. */
struct slurm_array {
    char job[SLURM_WORD_MAX];
    char node[SLURM_WORD_MAX]; /* it must run on; "": any */
};

struct slurm_submission {
    const struct executor_slurm *slurm;
    const struct run *run;
    char name[SLURM_WORD_MAX]; /* of all its jobs */
    int64_t failed;            /* cells that had to be submitted again */
    int64_t sent;              /* submissions so far */
    struct slurm_array *arrays;
    size_t array_count;
};

/* Before the first: are there as many nodes, and is nothing of this run in the queue? */
int slurm_submission_check(struct slurm_submission *submission, struct err *err);

/* In order of their numbers. */
int slurm_submission_send(struct slurm_submission *submission, const struct slurm_task_cell *cells,
                          size_t count, struct err *err);

/* Arrays that wait for a node which is not up any more are cancelled: their cells are missing then,
 * and go to others. -EHOSTDOWN when nothing runs and no node is up. */
int slurm_submission_look(struct slurm_submission *submission, const struct slurm_queue *queue,
                          struct err *err);

void slurm_submission_release(struct slurm_submission *submission);
