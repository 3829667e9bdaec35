/*
 * patience: HEAPCHURN_PATIENCE=FACTOR in the environment: how much longer than usual subjects are
 * waited for. More than 1 on slow machines, under emulation; less where a test has one that hangs.
 */
#pragma once

#include "err.h"
#include "trial.h"

/* trial_deadlines_default times the factor (1 where it is not set, or not a factor). */
struct trial_deadlines patience_deadlines(void);

/* -EINVAL with a sentence when it is set to anything but a number from 0.01 to 100. */
int patience_check(struct err *err);
