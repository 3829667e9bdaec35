/*
 * plan: spec x rows -> trials in the order they will run. Pure.
 *
 * A block holds one trial of every row, in an order shuffled anew for each block from the plan's
 * seed, so that drift of the machine hits every row alike and rows can be compared within blocks
 * (randomised complete blocks, statistics.md 5). Workloads follow each other block by block.
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
void plan_release(struct plan *plan);
DEFINE_AUTO(plan, plan_release)

/*
 * The closed formula of the work: what peer and proxy must have counted when the churn is over and
 * all have left. A formula is -1 where the work is not exact: with real processes a peer hears of
 * newcomers any number of times.
 *
 * With M peers, R rounds, j peers present when one joins, a newcomer's join is heard as
 *   1 (its announcement) + (j + 1) answers of those present + (j + 1) answers of the newcomer,
 * the subject counting as present; summed over a round M^2 + 2M (mesh), 3M without mesh (only the
 * subject and the newcomer answer each other); plus 1, the subject's own announcement. The proxy
 * forwards the same, and one good-bye per life. In messages mode peers join and leave once.
 */
struct plan_work {
    const char *role;    /* "peer" or "proxy" */
    const char *counter; /* "joins_heard" */
    int64_t expected;    /* -1: counted, not checked */
};

enum { PLAN_WORK_MAX = 16 };

/* Fill `out` (room for PLAN_WORK_MAX), return how many. */
size_t plan_work(const struct workload *workload, struct plan_work *out);
