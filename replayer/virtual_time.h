/*
 * virtual_time: the clocks of the replayer tell recorded time.
 *
 * Allocators give memory back by time: "after 10 s". A trace of an hour is played in seconds, and
 * its allocator must live through the hour. So clock_gettime(), gettimeofday() and time() are ours
 * here, for the allocator too, whose calls are bound to the program's: CLOCK_MONOTONIC,
 * CLOCK_REALTIME, CLOCK_BOOTTIME and their coarse siblings answer what was recorded, from the
 * trace's beginning on. CLOCK_MONOTONIC_RAW and the clocks of CPU time stay real.
 *
 * Virtual time acts where an allocator looks at a clock. It does not end a sleep: a thread of the
 * allocator's own would sleep through it, and is refused (replayer.c).
 */
#pragma once

#include <stdint.h>

/* From now on. The beginning is what the real clocks say now. */
void virtual_time_begin(void);

/* So much recorded time has passed since the beginning; never back. */
void virtual_time_set(int64_t to_ns);

/* The trace is over: time goes on as it really does. */
void virtual_time_run(void);
