/*
 * trial_curve: the memory curve of one measured role in one trial, as attribution_judge() takes it.
 *
 * x is cycles completed, and only the churn counts. Which samples become points:
 *
 *   - rounds: those at the end of a round. All have left and the role has confirmed it, so every
 *     point has the same population and growth cannot be visitors that are still there. Live and
 * heap are known at these points only. Where enough of them are exact (60, or all), those alone.
 *     Before them stands cycle 0: what the role occupied before the load.
 *   - a load without ends of rounds (real processes), or a role whose statistics are read at phase
 *     ends only: every sample, and RSS alone.
 *
 * A column is all or nothing: one that stops in the middle would be judged over another stretch of
 * work than RSS. Stacks are told more seldom, and stand until they are told again.
 *
 * The books are heap and the allocator's own book-keeping, as far as it tells them.
 */
#pragma once

#include <stddef.h>

#include "attribution.h"
#include "record.h"

void trial_curve_build(const struct record *record, size_t role, struct memory_curve *out);

/* One row: what the role occupied at the end of a phase. Empty where nobody looked. */
void trial_curve_moment(const struct record *record, size_t role, enum record_phase phase,
                        struct memory_curve *out);

/* attribution_judge(); the verdict's second signal is the trend of anonymous RSS. */
void trial_curve_judge(const struct memory_curve *curve, struct attribution *out);
