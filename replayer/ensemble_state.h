/*
 * ensemble_state: who plays what, and what they wait for. Internal to replayer/.
 */
#pragma once

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>

#include "ensemble.h"

enum { LINE = 64 }; /* bytes of a cache */

enum thread_state { NOT_STARTED, PLAYS, ENDED, JOINED };

/* One lane and who plays it. What others write has a cache line of its own. */
struct player {
    struct lane lane;
    bool begun; /* it takes part in the open epoch, or did in an earlier one */
    bool done;  /* one_thread: its part of the open epoch */
    pthread_t thread;
    struct ensemble *ensemble;
    uint32_t next_waits; /* who follows in the list of waiters: its number plus 1, or 0 */
    alignas(LINE) _Atomic uint32_t bell; /* rung when the epoch it sleeps for is open */
    _Atomic bool sleeps;
    _Atomic uint32_t waits; /* 1: it is in the list of those who wait for a block */
    _Atomic int state;      /* enum thread_state */
};

struct ensemble_shared {
    alignas(LINE) _Atomic uint64_t open;    /* the epoch */
    _Atomic uint32_t left;                  /* who have not done their part of it */
    alignas(LINE) _Atomic uint32_t rest;    /* 1: the slice is done */
    alignas(LINE) _Atomic uint32_t waiting; /* players who sleep for a block, or are about to */
    pthread_mutex_t waiters_lock;
    uint32_t first_waiter;       /* number plus 1; 0: none */
    alignas(LINE) uint64_t gate; /* the first epoch that is not of the slice */
    int64_t began_ns;
    _Atomic(void *) *slots;
    struct player players[];
};
