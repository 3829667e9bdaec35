/*
 * clock: monotonic nanoseconds and nothing else. All times inside heapchurn are int64_t ns of
 * CLOCK_MONOTONIC; deadlines are absolute.
 */
#pragma once

#include <stdint.h>

enum { CLOCK_NS_PER_MS = 1000000, CLOCK_NS_PER_S = 1000000000 };

int64_t clock_now_ns(void);

/* For durations within a process whose other clocks may be made to tell another time (replayer/):
 * CLOCK_MONOTONIC_RAW, which is nobody's to change. */
int64_t clock_raw_ns(void);

/* CPU time used so far by the calling thread, and by all threads of the process. */
int64_t clock_thread_cpu_ns(void);
int64_t clock_process_cpu_ns(void);

/* Milliseconds left until `deadline_ns`, rounded up, for poll(2); never negative. */
int clock_left_ms(int64_t deadline_ns);
