/*
 * subject: a measured process's side of the control channel. Used by peer and proxy alike.
 *
 *     struct subject subject;
 *     if (subject_open(&subject, "peer") < 0)      identity is proved here
 *         return SUBJECT_EXIT_REFUSED;
 *     subject_ready(&subject, "tcp://127.0.0.1:40001");
 *     ... poll subject.fd with the sockets; when readable:
 *     switch (subject_next(&subject)) { case SUBJECT_LEAVE: ...; case SUBJECT_STATS: ... }
 *     ... everything closed ...
 *     subject_finish(&subject, counters, count);   live at exit, the last line
 *
 * By hand (no control channel) fd is -1, identity is still proved and printed to stderr, and all
 * send functions do nothing. Nothing here allocates after subject_ready().
 *
 * Requests of the driver and who answers them:
 *
 *     stats [at.NAME=N]…  the program answers with subject_stats() as soon as its counter NAME has
 *                         reached N for every pair given (so "all have left" is an event and not
 *                         a sleep); at once when there is none
 *     step name=… count=N the program repeats one step of its life, then says "stepped"
 *     release             answered here: the allocator's release call, timed: "released ns=…"
 *     dump                answered here: the allocator's heap profiler writes a dump: "dumped"
 *     detail file=PATH    answered here: the allocator writes its statistics per size class and
 *                         arena to PATH: "detailed error=0", or an errno
 *     leave               the program says good-bye, closes everything, returns from main
 *
 * Under a tool (SUBJECT_TOOL_ENV names it) malloc may be served by somebody else for once: identity
 * that cannot be proved is then no refusal. Where the ledger is preloaded, "stats" and "exit" have
 * its count as live_bytes, and the allocator's own as own_live_bytes, with ledger_blocks,
 * ledger_calls and ledger_requested_bytes.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "control.h"
#include "identity.h"

#define SUBJECT_TOOL_ENV "HEAPCHURN_TOOL"

enum { SUBJECT_EXIT_REFUSED = 99, SUBJECT_GOALS_MAX = 4, SUBJECT_NAME_MAX = 32 };

struct ledger_counts;

/* A work counter: exact, and checked by the driver against the plan's closed formula. */
struct subject_counter {
    const char *name; /* "leaves_heard" */
    int64_t value;
};

enum subject_request {
    SUBJECT_NOTHING, /* nothing to read, or it was answered here */
    SUBJECT_STEP,    /* "step name=… count=N" in `line`: repeat it, answer "stepped"; peer only */
    SUBJECT_STATS,   /* goals are stored; call subject_stats_due() now and after each event */
    SUBJECT_LEAVE,   /* asked to leave, or the driver is gone */
};

struct subject {
    int fd; /* -1 by hand */
    const char *role;
    const char *tool;                             /* NULL: none */
    void (*ledger)(struct ledger_counts *counts); /* of ledger.h; NULL: not preloaded */
    bool stats_pending;
    int goal_count;
    struct {
        char name[SUBJECT_NAME_MAX];
        int64_t value;
    } goals[SUBJECT_GOALS_MAX];
    char identity[IDENTITY_TEXT_MAX]; /* the sentence of proof */
    struct control_line line;         /* scratch: requests in, answers out */
};

/* Prove identity, check that the settings of the environment have an effect, and take over the
 * inherited channel. 0, or -EPERM after saying so ("refused reason=…" on the channel, a sentence on
 * stderr). */
int subject_open(struct subject *subject, const char *role);

/* "option name=… value=…" for each effective option, then "ready role= pid= allocator= version=
 * identity= endpoint= na.live_bytes=…". */
void subject_ready(struct subject *subject, const char *endpoint);

/* Read one request. */
enum subject_request subject_next(struct subject *subject);

/* Answer a pending stats request if all its goals are reached by `counters`; call it in the loop.
 * "stats live_bytes=… read_ns=… leaves_heard=…" */
void subject_stats_due(struct subject *subject, const struct subject_counter *counters, int count);

/* "failed reason=…": the program cannot go on; the trial is a failure with this reason. */
void subject_failed(struct subject *subject, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Last act of main, after all threads are joined: give back what the runtimes keep, read live at
 * exit, "exit live_blocks=… live_bytes=… COUNTERS". */
void subject_finish(struct subject *subject, const struct subject_counter *counters, int count);
