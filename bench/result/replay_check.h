/*
 * replay_check: how near a replayed trace comes to the program it was recorded of.
 *
 * The trace may hold what the same program took without the recorder: its heap (anonymous pages but
 * those of files and of the main stack) at the peak and at the end, which is that of the trace
 * (trace_format.h, THE END), on the allocator it was recorded on and on jemalloc. Where it holds
 * none, the recorded run itself may stand for it on the first (trace_facts_stand_in()). The
 * replay's heap on the same rows is held against that; both rows are asked, since glibc is a
 * lenient judge: its headers touch first pages.
 *
 *     error    the largest of |replayed - original| / max(original, 20 MB), peak and end, both rows
 *     good         up to 2 %, on both rows, and all counts are whole
 *     indicative   up to 5 %, or on one row alone: figures are shown, rows are not ranked
 *     refused      beyond, or something is missing in the trace: not for judging allocators
 *     unchecked    the trace holds no original
 *
 * Below 20 MB the error is thus told in bytes, 400 kB and 1 MB: what a process has besides (caches
 * of threads, first pages of arenas) does not shrink with its heap. Measured (docs/replay.md,
 * "Small heaps"): of twelve programs with heaps of 1.7 to 18.5 MB nine were within 400 kB on glibc
 * and jemalloc, and those within 370 kB on mimalloc and tcmalloc. Larger heaps, over 48 replays of
 * 8 programs: with an error up to 3 % on the recorded allocator none was off by more than 4 % on
 * another one, and all ranked four allocators as the originals did; up to 10 %, some were off by 98
 * %.
 *
 * Differences of memory below twice the error are not told apart (replay_rule.h). Where a program
 * ends with less than a tenth of its peak, the error at the end is told of that tenth, and ends are
 * not told apart at all.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "replay_curves.h"

struct result_workload;
struct stored_run;

enum replay_grade { REPLAY_UNCHECKED, REPLAY_GOOD, REPLAY_INDICATIVE, REPLAY_REFUSED };
extern const char *const replay_grade_names[];

enum { REPLAY_ROWS = 2 };

/* One row that has an original. Bytes of heap; NaN where it was not replayed. */
struct replay_row {
    const char *name; /* of the row */
    double original_peak, original_end;
    double replayed_peak, replayed_end;
    double original[REPLAY_CURVE_POINTS], replayed[REPLAY_CURVE_POINTS];
};

struct replay_check {
    bool is_trace; /* else nothing below holds */
    enum replay_grade grade;
    double error;     /* NaN: unchecked */
    double apart;     /* ratios of memory nearer to 1 than this are not told apart; 0: unchecked */
    bool ends_unsure; /* ends neither, however far they are: too little is left for a ratio */
    bool stand_in;    /* the original is the recorded run itself (trace_facts_stand_in()) */
    struct replay_row rows[REPLAY_ROWS];
    size_t row_count;
    double seconds; /* recorded time that the curves are over; 0: not known */
    char *sentence;
};

/* Of a workload whose rows are built. `index`: which of the run's. */
void replay_check_build(const struct stored_run *stored, size_t index,
                        const struct result_workload *workload, struct replay_check *out);
void replay_check_release(struct replay_check *check);
