/*
 * plan: spec x rows -> trials in the order they will run. Pure.
 *
 * A block holds one trial of every row, in an order shuffled anew for each block from the plan's
 * seed, so that drift of the machine hits every row alike and rows can be compared within blocks
 * (randomised complete blocks, statistics.md 5). Workloads follow each other block by block.
 *
 * One block of one workload is a cell: what is carried out on one host.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "spec.h"

struct plan_trial {
    int64_t id;      /* from 1, the order of running */
    size_t workload; /* index into the workloads given */
    size_t row;      /* index into the row names given */
    int64_t block;   /* from 1 */
};

struct plan {
    struct plan_trial *trials;
    size_t trial_count;
    uint64_t seed;
};

/* Every workload x row x block once. */
void plan_build(size_t workload_count, size_t row_count, int64_t blocks, uint64_t seed,
                struct plan *out);

/* Cells: block by block, and in each in order of the workloads. */
struct plan_cell {
    size_t workload;
    int64_t block; /* 0: all there are */
};
int64_t plan_cell_number(const struct plan_cell *cell, size_t workload_count); /* from 1 */
struct plan_cell plan_cell_of(int64_t number, size_t workload_count);

void plan_release(struct plan *plan);
DEFINE_AUTO(plan, plan_release)
