/*
 * cases: programs with known answers, to check the instruments that look for leaks: what each case
 * loses and what it still points to when it ends. `calibrate-<allocator> CASE` is linked like the
 * peer and ends as the peer does; `heapchurn calibrate` runs all of them under every tool.
 */
#pragma once

#include <stdint.h>

enum calibration_id {
    CASE_NOTHING,
    CASE_FREED,
    CASE_LOST,
    CASE_REACHABLE,
    CASE_SOCKETS,
    CASE_MESSAGES,
    CASE_THREAD,
    CASE_COUNT
};

enum { CASE_BLOCKS = 100, CASE_BLOCK_BYTES = 1000 };

struct calibration_case {
    const char *name; /* also the heading of its column */
    const char *title;
    int64_t lost;              /* blocks that nothing points to */
    int64_t reachable;         /* blocks that something still points to */
    enum calibration_id clean; /* the case that does the same and leaves nothing */
};

extern const struct calibration_case calibration_cases[CASE_COUNT];
