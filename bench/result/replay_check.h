/*
 * replay_check: how near a replayed trace comes to the program it was recorded of.
 *
 * The trace may hold what the same program took without the recorder, some times each on the
 * allocator it was recorded on and on jemalloc: its heap (heap_pages.h) at the peak and at the end,
 * which is that of the trace (trace_format.h, THE END). Where it holds none, the recorded run
 * itself may stand for it on the first (trace_facts_stand_in()). The replay's heap on the same rows
 * is held against that; both rows are asked, since glibc is a lenient judge: its headers touch
 * first pages.
 *
 * A program does not take the same each time (storm on jemalloc 71 to 86 MiB, sqlite in memory ends
 * with 2.5 or 7.8 MB on glibc), and its trace is of one run. So there are two distances, at peak
 * and end of both rows, as shares of the originals' median, or of 20 MB where that is less:
 *
 *     error  how far the replay is beyond what the originals took, from the least to the most of
 *            them: 0 between. One that took what the program takes now and then is not wrong.
 *     off    how far it is from their median: as much of an error may hide between them.
 *
 *     good         error up to 2 % and off by up to 5 %, on both rows, and all counts are whole
 *     indicative   error up to 5 %, or on one row alone: figures are shown, rows are not ranked
 *     refused      beyond, or something is missing in the trace: not for judging allocators
 *     unchecked    the trace holds no original
 *
 * With one original both are the same, and 5 % decides nothing.
 *
 * Below 20 MB the error is thus told in bytes, 400 kB and 1 MB: what a process has besides (caches
 * of threads, first pages of arenas) does not shrink with its heap. Measured (docs/replay.md,
 * "Small heaps"): of twelve programs with heaps of 1.7 to 18.5 MB nine were within 400 kB on glibc
 * and jemalloc, and those within 370 kB on mimalloc and tcmalloc. Larger heaps, over 48 replays of
 * 8 programs: with an error up to 3 % on the recorded allocator none was off by more than 4 % on
 * another one, and all ranked four allocators as the originals did; up to 10 %, some were off by 98
 * %.
 *
 * Rows are told apart at the peak, and at the end, where they differ by more than twice what the
 * replay is off there, and by more than the program does by itself (most over least), on the row
 * where that is more (replay_rule.h). Ends are not told apart at all where a program ends with less
 * than a tenth of its peak, of its heap (what the replay is off there counts as a share of that
 * tenth) or of what lives in it: then a row holds what it had not given back yet, which hangs on
 * milliseconds and on timers that no judge has. A python that cleared up before it left ended with
 * 4.5 MiB on mimalloc, and its replay with 2.0, within 1 % on both judges.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "replay_curves.h"

struct result_workload;
struct stored_run;

enum replay_grade { REPLAY_UNCHECKED, REPLAY_GOOD, REPLAY_INDICATIVE, REPLAY_REFUSED };
extern const char *const replay_grade_names[];

enum replay_moment { REPLAY_PEAK, REPLAY_END, REPLAY_MOMENTS };
extern const char *const replay_moment_names[]; /* "peak", "end" */

enum { REPLAY_ROWS = 2 };

/* Bytes of heap. */
struct replay_level {
    double least, median, most; /* of the originals */
    double replayed;            /* median of the blocks */
};

/* One row that has an original and was replayed. */
struct replay_row {
    const char *name; /* of the row */
    size_t originals; /* runs of the program */
    struct replay_level at[REPLAY_MOMENTS];
    double original[REPLAY_CURVE_POINTS], replayed[REPLAY_CURVE_POINTS];
};

struct replay_check {
    bool is_trace; /* else nothing below holds */
    enum replay_grade grade;
    double error, off; /* the largest; NaN: unchecked */
    /* Ratios of memory nearer to 1 than this are not told apart; 0: unchecked. */
    double apart[REPLAY_MOMENTS];
    bool ends_unsure; /* ends neither, however far they are: next to nothing lives, or is left */
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

/* replayed / median - 1 */
double replay_check_off(const struct replay_level *level);

/* Is the error up to 2 %? */
bool replay_check_is_near(const struct replay_check *check);

/* Do the originals differ by more than a replay may: more than 2 % of what is held against? */
bool replay_check_differs(const struct replay_level *level);
