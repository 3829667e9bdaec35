/*
 * supervisor: the processes of one trial, and the events they make.
 *
 * One epoll instance watches every process's control channel and pidfd, the sampling timer and the
 * driver's interrupt descriptor. A trial is written as a straight script of "ask" and "await":
 * whatever else happens while it waits (a tick, a line of progress, the death of somebody) is
 * handled here. There is no sleep and no wait without a deadline.
 *
 *     supervisor_ask(&supervisor, load, "round");
 *     if (supervisor_await(&supervisor, load, "round", deadline_ns) < 0)
 *         return …;                  supervisor.failure says why, in words
 *     control_get_i64(&supervisor.line, "cycles", &cycles);
 *
 * Codes: 0 · -ECANCELED: a process misbehaved, `failure` says how (that is a result, not an error
 * of the driver) · -EINTR: the user interrupted.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "control.h"
#include "err.h"
#include "process.h"

struct supervisor_hooks {
    void (*tick)(void *context); /* every sampling period */
    /* A line that answers no question: "option", "progress". False: it has no place here. */
    bool (*heard)(void *context, size_t role, const struct control_line *line);
    void (*knock)(void *context); /* the door is readable */
    /* What an unexpected end may mean, a clause; -1: it lives, and its channel is closed. NULL:
     * nothing is known. May be NULL. */
    const char *(*explain)(void *context, size_t role, int wait_status);
    void *context;
};

struct supervised {
    const char *name; /* borrowed */
    struct process process;
    unsigned adopted; /* how many have taken over its channel: one for each exec */
    bool may_end;     /* its end is no surprise any more */
    bool any_status;  /* and neither is its exit status */
    int own_status;   /* nor this one, beside 0 */
    int own_signal;   /* nor that this signal ended it; 0: none may */
};

struct supervisor {
    int epoll_fd;
    int timer_fd;
    struct supervised *roles;
    size_t role_count;
    struct supervisor_hooks hooks;
    bool interrupted;
    bool refused; /* a subject's identity was refused: invalid, not failed */
    char failure[ERR_TEXT_MAX];
    struct control_line line; /* the line awaited */
    /* what is being awaited */
    bool awaiting, matched;
    size_t await_role;
    const char *await_verb;
    struct control_line incoming;
};

/* For roles of these names, which stay the caller's. `interrupt_fd`: a signalfd of the caller (or
 * -1), only looked at. */
int supervisor_open(struct supervisor *supervisor, const char *const *names, size_t count,
                    int64_t tick_period_ns, int interrupt_fd, const struct supervisor_hooks *hooks,
                    struct err *err);

/* One that has ended may be started again. */
int supervisor_start(struct supervisor *supervisor, size_t role, const struct process_spec *spec,
                     struct err *err);

/* Somebody may connect: `door_fd`, the caller's, is watched as the processes are. */
int supervisor_open_door(struct supervisor *supervisor, int door_fd);

/* The role has this channel from now on, in place of any other; `fd` is taken over. */
int supervisor_adopt(struct supervisor *supervisor, size_t role, int fd);

/* Send a line built by the caller, or a bare verb. */
int supervisor_send(struct supervisor *supervisor, size_t role, const struct control_line *line);
int supervisor_ask(struct supervisor *supervisor, size_t role, const char *verb);

int supervisor_await(struct supervisor *supervisor, size_t role, const char *verb,
                     int64_t deadline_ns);

/* Let time pass, ticking. */
int supervisor_idle(struct supervisor *supervisor, int64_t until_ns);

/* The same, while the process of this role runs. */
int supervisor_idle_while(struct supervisor *supervisor, size_t role, int64_t until_ns);

/* Wait for a process to end by itself. */
int supervisor_await_end(struct supervisor *supervisor, size_t role, int64_t deadline_ns);

/* Record a failure found by the caller; returns -ECANCELED. The first one stays. */
int supervisor_fail(struct supervisor *supervisor, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Kill what still runs, group by group, reap, close. */
void supervisor_close(struct supervisor *supervisor);
DEFINE_AUTO(supervisor, supervisor_close)
