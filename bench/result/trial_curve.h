/*
 * trial_curve: the memory curve of one subject in one trial, in the form verdict_judge() takes.
 *
 * x is cycles completed, and only the churn counts. Which samples become points:
 *
 *   - rounds: those at the end of a round. All have left and the subject has confirmed it, so every
 *     point has the same population and growth cannot be peers that are still there. Live and heap
 *     are known at these points only, and RSS is taken at the same ones.
 *   - a load without ends of rounds (real processes), or a subject whose statistics are read at
 *     phase ends only: every sample, and RSS alone.
 *
 * Live is all or nothing: live that stops in the middle would be judged over another stretch of
 * work than RSS. A curve that lacks it anywhere goes without (`live_bytes` NULL). So is heap.
 *
 * Heap is taken as far as it is resident: at most anonymous RSS. jemalloc maps 17 MiB for 0.5 MiB
 * of live data and touches 2; address space without pages is no memory that anybody keeps.
 */
#pragma once

#include <stddef.h>

#include "cleanup.h"
#include "record.h"
#include "verdict.h"

struct trial_curve {
    struct curve curve; /* points into `storage` */
    double *storage;
};

void trial_curve_build(const struct record *record, size_t role, struct trial_curve *out);
void trial_curve_release(struct trial_curve *curve);
DEFINE_AUTO(trial_curve, trial_curve_release)
