/*
 * scenario: how a trial is played: which programs in which roles, how each is started, how the load
 * is driven, and which work must come out. A const row in bench/scenarios/scenario_<name>.c; the
 * trial (trial.c) is the same script for all of them:
 *
 *     start      every role is up, ready, and has come to rest
 *                … baseline …
 *     load       from the first cycle to the last, with a look at the end of each round
 *     settle     everybody the load brought is gone, and the subjects have heard it
 *                … quiet, release call, quiet …
 *     leave      every role leaves by itself
 *                … the work that was counted is held against the closed formula …
 *
 * These functions use play.h and nothing else of run/. They return 0, -ECANCELED when a process
 * misbehaved (play_fail() said how: a result), -EINTR, or from start another negative errno with a
 * sentence: the harness is broken.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control.h"
#include "err.h"
#include "spec.h"

struct trial; /* under way; play.h asks things of it */

enum { SCENARIO_ROLES_MAX = 16 };

/* Measured roles come first, in the order of the tables; the first is the primary one: verdict,
 * tools and advice are about it. Names are lower-case words: logs and columns are named so. */
struct scenario_role {
    const char *name; /* NULL ends the list */
    bool measured;
    /* In the folder of programs: PROGRAM-<allocator> where measured, else PROGRAM. NULL: what is
     * started is said when it is (play_start). */
    const char *program;
    bool tree; /* it may be several processes: all that descend from the one that is started */
};

/* What a role must have counted when all is over. */
struct scenario_work {
    const char *role; /* NULL ends the list */
    const char *counter;
    /* The closed formula; negative: counted, not checked. */
    int64_t (*expected)(const struct workload *workload);
};

struct scenario {
    const char *name;
    const struct spec_load *loads; /* which words of `load:` it plays, and what they need */
    const struct scenario_role *roles;
    const struct scenario_work *work; /* NULL: nothing is counted but cycles */
    size_t state_bytes;               /* of play_state(), zeroed when the trial begins */
    /* Is what it needs beside programs there? Before anything is measured or stored: -EINVAL or
     * -ENOENT with a sentence. NULL: it needs nothing. */
    int (*check)(const struct workload *workload, struct err *err);
    /* A JSON text that is kept with the run, for whoever reads it later; the caller frees. NULL:
     * there is nothing to keep, or it failed, with a sentence. */
    char *(*keep)(const struct workload *workload, struct err *err);
    int (*start)(struct trial *trial, struct err *err);
    int (*load)(struct trial *trial);
    int (*settle)(struct trial *trial); /* NULL: nothing to settle */
    int (*leave)(struct trial *trial);
    /* A line that nobody asked for. False: it has no place here. NULL: none has. */
    bool (*heard)(struct trial *trial, size_t role, const struct control_line *line);
    /* Somebody waits at the door (play_open_door). NULL: there is none. */
    void (*knock)(struct trial *trial);
    /* What an end like this may mean, that came before it was expected: a clause; a `wait_status`
     * of -1: it lives, and its channel is closed. NULL: nothing is known. May be NULL. */
    const char *(*explain)(const struct trial *trial, size_t role, int wait_status);
    /* The trial is over, however it went, and nobody runs any more: what the state holds goes.
     * NULL: nothing. */
    void (*close)(struct trial *trial);
    /* Why rows of this allocator cannot be played under this workload; NULL: they can. The pointer
     * is NULL where all can. */
    const char *(*lacks)(const struct workload *workload, const char *allocator);
    /* Make it what a clean program does: nothing is lost, nothing is left over. NULL: it is. */
    void (*clean)(struct workload *workload);
    bool timed_rounds; /* a round lasts as long as the workload says: passes make do with one */
    bool foreign;      /* what is measured is no program of ours: tools must be preloaded */
    /* What is measured ends by itself, as its load does: it is asked nothing after it was ready,
     * and nothing comes after its load. */
    bool ends;
    bool cheap_rounds; /* a diagnosis may take more rounds than a quick trial */
};
