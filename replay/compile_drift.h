/*
 * compile_drift: where epochs end.
 *
 * The recorder's clock word changes every millisecond, which in a program that allocates little is
 * every thirty events, and at every end of an epoch threads wait for each other. Epochs of the
 * recorder are therefore played as one while that makes no difference that anybody would see.
 *
 * Within an epoch every lane goes at its own pace. What lives at a moment of it is what lived when
 * it began, plus what each lane has done of its part: of each lane something between the least and
 * the most it ever had, counted from the epoch's beginning. That holds for the recorded program and
 * for any replay, so they differ by no more than the sum over lanes of most less least (and by
 * nothing where there is one lane alone). It is kept below the larger one of 64 KiB and a 250th of
 * what lived at most up to there; what one epoch of the recorder has beyond that cannot be helped.
 * It moved discovery on glibc and jemalloc, and storm on mimalloc, by about as much as two plays of
 * one trace differ (1 % of the peak); the others were held against a looser bound alone. A
 * hundredth halved the waits of discovery, and moved the peak of storm on mimalloc by 1.2 %.
 *
 * Time is not order: lanes tell it by words of their own (COMPILED_TIME). But who is ahead takes
 * the clock along, which is one for all, so that an epoch is at most 10 ms. Slots are used once in
 * an epoch where there are several lanes: for the sake of a small table it has at most 4096 events.
 *
 * Threads that lived one after the other do not live at once: that would be more arenas, more
 * caches. An epoch ends before a thread begins, and no other of the recorder's is played in one
 * with that in which a thread ended.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DRIFT_BYTES = 64 << 10, DRIFT_PER_PEAK = 250, EPOCH_EVENTS = 4096, EPOCH_MS = 10 };

struct lane_drift {
    uint64_t epoch; /* that the rest is of */
    int64_t net_bytes, least_bytes, most_bytes;
};

struct compile_drift {
    struct lane_drift *lanes;
    uint64_t epoch;        /* counts them, from 1 */
    unsigned clocks;       /* of the recorder's epochs have ended in it */
    size_t participants;   /* up to here */
    uint64_t events;       /* likewise */
    uint64_t spread_bytes; /* the sum of most less least */
    int64_t began_ns;
    bool thread_ended;
};

/* An event that is about to be written: `bytes` is what it adds to what lives, or takes from it. */
struct drift_event {
    size_t lane;
    bool begins; /* nothing came of the lane before */
    int64_t bytes;
    int64_t time_ns;
    uint64_t peak_bytes; /* that lived at once up to here */
};

void compile_drift_open(struct compile_drift *drift, size_t lanes);
void compile_drift_close(struct compile_drift *drift);

/* An epoch of the recorder has ended. */
static inline void compile_drift_clock(struct compile_drift *drift)
{
    drift->clocks++;
}

/* So has a lane. */
static inline void compile_drift_thread_ended(struct compile_drift *drift)
{
    drift->clocks = 0;
    drift->thread_ended = true;
}

/* Is the epoch to end before this event? */
bool compile_drift_ends(const struct compile_drift *drift, const struct drift_event *event);

void compile_drift_add(struct compile_drift *drift, const struct drift_event *event);
void compile_drift_end_epoch(struct compile_drift *drift);
