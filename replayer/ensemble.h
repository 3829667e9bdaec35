/*
 * ensemble: all lanes of a compiled trace, played slice by slice, each by a thread of its own.
 *
 *     ensemble_open(&ensemble, &map, &how, err)
 *     for (uint32_t i = 0; i < map.header->slice_count; i++)
 *         ensemble_play(&ensemble, i);          returns when the slice is done and all stand still
 *     ensemble_close(&ensemble);
 *
 * Lane 0 is the calling thread: elsewhere an allocator would serve the main stream from another
 * arena than it did in the recorded program. The others begin where the recorded thread began and
 * end where it ended.
 *
 * Why it cannot deadlock. The compiler wrote the lanes while it went through the trace in one order
 * of all events. In that order (1) each lane's own operations stand as they are played, (2)
 * whatever is waited for, a block of another lane or the beginning of a thread, stands before the
 * operation that needs it, and (3) epochs do not go back. Take the first operation of that order
 * which is not done. Its lane is not busy with anything else, by (1); what it waits for is done, by
 * (2); its epoch is open or can be opened, by (3), since every lane's part of earlier epochs is
 * done. So it can run: as long as anything is left, something can go on. Slices end at ends of
 * epochs.
 *
 * Who waits sleeps, and is woken: for an epoch, by who opens it; for a block, by the lane that
 * allocated it, not at once, but when that lane stands still itself: because it waits, or has done
 * its part of the epoch, or ended. Every lane stands still at last, and before it does so it wakes
 * whoever sleeps for a block that is there. Who is about to sleep for one says so first and looks
 * once more then, and who wakes looks who sleeps after its blocks are there: one of them sees the
 * other. So nobody sleeps for what is done.
 *
 * What that costs: a switch from one thread to another, a sleep and a wake, takes 2 us on one core
 * and 10 to 20 us where the other core was idle (measured in a virtual machine), which is what
 * hundreds of events take. Looking again for a while in place of sleeping costs more, since both
 * threads are often on one core. So switches are few: the compiler makes epochs as long as they may
 * be (compile_drift.h), and waiters are woken late.
 *
 * Tables (lanes, slots) are in shared memory, and so are pages of the file: nothing here is
 * anonymous memory of the process but the stacks of threads, and nothing is taken from malloc but
 * what pthread_create() takes.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "lane.h"

enum ensemble_time {
    ENSEMBLE_VIRTUAL, /* clocks tell recorded time (virtual_time.h); nobody waits for it */
    ENSEMBLE_PACED,   /* epochs open when as much time has passed as when they were recorded */
};

struct ensemble_how {
    enum ensemble_time time;
    bool one_thread; /* the main thread plays all lanes: not what the program did; for a look */
    /* It cannot go on. Called by any thread, once; does not return. */
    void (*failed)(void *context, const char *reason) __attribute__((noreturn));
    void *context;
};

struct ensemble {
    struct ensemble_how how;
    const struct compiled_map *map;
    struct ensemble_shared *shared;
    size_t shared_bytes;
};

/* -errno where there is no memory for the tables. */
int ensemble_open(struct ensemble *ensemble, const struct compiled_map *map,
                  const struct ensemble_how *how, struct err *err);
/* When all slices were played. */
void ensemble_close(struct ensemble *ensemble);

/* The next slice; `number` counts from 0. */
void ensemble_play(struct ensemble *ensemble, uint32_t number);

/* Of all lanes together; between slices. */
struct lane_counts ensemble_counts(const struct ensemble *ensemble);

/* Threads that play now, the main one included; between slices. */
unsigned ensemble_threads(const struct ensemble *ensemble);

/* Before a slice: all pages of tables are there, so that what is resident beside the heap is the
 * same all along; the kernel keeps the most that was resident of both together alone. */
void ensemble_fetch(const struct ensemble *ensemble);
/* Behind it: let go of them. They stay, and count for nobody until they are used again. */
void ensemble_forget(const struct ensemble *ensemble);
