/*
 * expected_time: how long a cell may take, for a scheduler that has to be told before.
 */
#pragma once

#include <stdint.h>

#include "store.h"

/* Seconds that the cells of one block take at most on a slow host that repeats for noise: four
 * times what the slowest cycle that was ever seen needs, or what a round of an own program may
 * take; with the passes of each workload's first block when `first`. It is generous: a scheduler
 * ends what takes longer. */
int64_t expected_seconds(const struct run *run, bool first);
