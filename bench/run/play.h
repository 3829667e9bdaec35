/*
 * play: what a scenario can do within a trial. Roles are named by their index in the scenario's
 * list. While any of these waits, samples are taken, lines are heard, and the death of a role that
 * may not end yet fails the trial.
 *
 * Codes: 0 · -ECANCELED: a process misbehaved, or play_fail() was called: a result · -EINTR.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "control.h"
#include "err.h"
#include "scenario.h"
#include "words.h"

/* The workload, and the state of the scenario (state_bytes of it, zeroed at first). */
const struct workload *play_workload(const struct trial *trial);
void *play_state(struct trial *trial);

/* Where the programs are, and where files of this trial may be written (logs are). */
const char *play_programs(const struct trial *trial);
const char *play_folder(const struct trial *trial);

struct process_user; /* process.h */

struct play_start {
    const char *program;             /* a path; NULL: as the scenario's list of roles says */
    const struct words *arguments;   /* after the program's name; NULL: none */
    const struct words *environment; /* beside what every role gets; NULL: nothing */
    const char
        *linked;      /* the allocator that it is linked against: "libjemalloc.so.2"; NULL: none */
    const char *libc; /* what must be put before that so that libc serves; NULL likewise */
    bool plain;       /* it has no control channel: nothing of ours is in it */
    const struct process_user *user; /* NULL: as the driver */
    /* It may run on so many cores, or on all there are; 0, 1: on the core of its kind. Of several
     * nobody can say who else took them: noise is not watched there. */
    int cores;
};

/* Start a role, on the core and with the environment of its kind: one that is measured has the
 * row's tunables, and the primary one runs under the tool of the trial, if there is any. It may
 * have been started before, and have ended. -errno with a sentence: the harness is broken. */
int play_start(struct trial *trial, size_t role, const struct play_start *start, struct err *err);

/* How many of so many cores there are for a role. */
int play_cores(const struct trial *trial, int wanted);

/* Wait until it says that it is ready. One that is measured must prove to be what was started. */
int play_await_ready(struct trial *trial, size_t role);

/* For programs that know nothing of us, and have an agent that connects: `door_fd`, which stays the
 * caller's, is where, and the scenario's `knock` is called when somebody is there. */
int play_open_door(struct trial *trial, int door_fd);

/* Who has connected speaks for this role from now on; `fd` is taken over. */
int play_adopt(struct trial *trial, size_t role, int fd);
/* Another process of the role has connected, one that may be several; `fd` is taken over. */
void play_join(struct trial *trial, size_t role, pid_t pid, int fd);
bool play_has_channel(const struct trial *trial, size_t role);

/* It is measured alone, whatever comes of it: before it is started. */
void play_alone(struct trial *trial, size_t role);

/* Of one without a channel: it runs on the row's allocator, and how that is known. 0. */
int play_set_identity(struct trial *trial, size_t role, const char *identity);

/* Its image was replaced (exec), and the new one has said "ready": believed as the first was. */
int play_accept_ready(struct trial *trial, size_t role, const struct control_line *line);

/* Where it says it can be reached ("tcp://127.0.0.1:40001"); after it was ready. */
const char *play_endpoint(const struct trial *trial, size_t role);
pid_t play_pid(const struct trial *trial, size_t role);

/* Say something to a role: a bare verb, or a line. */
int play_ask(struct trial *trial, size_t role, const char *verb);
int play_send(struct trial *trial, size_t role, const struct control_line *line);

/* How often all measured roles were looked at since the baseline. */
int64_t play_looks(const struct trial *trial);

/* What a script has started, or become, may be linked against an allocator (play_start.linked): as
 * the files of its processes say, now. */
void play_find_linked(struct trial *trial, size_t role);

/* How many others of a role run, now. */
size_t play_processes_left(struct trial *trial, size_t role);

/* Is its end known already? */
bool play_has_ended(const struct trial *trial, size_t role);

/* The allocator of the row, and the library that must serve; NULL: the one of this machine. */
const char *play_allocator(const struct trial *trial);
const char *play_library(const struct trial *trial);

/* Wait for its answer; `work_ns` is what the work it was asked for may take beyond the time for
 * any answer. The answer is play_answer() until the next wait. */
int play_await(struct trial *trial, size_t role, const char *verb, int64_t work_ns);
const struct control_line *play_answer(const struct trial *trial);

/* What any answer may take, in this trial. */
int64_t play_answer_ns(const struct trial *trial);

/* A number that came from elsewhere, into the role's counters. */
int play_set_counter(struct trial *trial, size_t role, const char *name, int64_t value);

/* Let time pass, sampling. */
int play_idle(struct trial *trial, int64_t duration_ns);

/* The same, while this role runs. */
int play_idle_while(struct trial *trial, size_t role, int64_t duration_ns);

/* So many cycles are done, in all. */
void play_set_cycles(struct trial *trial, int64_t cycles);
int64_t play_cycles(const struct trial *trial);

/* How long joins took, where the answer has them ("join_ns=1,2,3"). */
int play_add_joins(struct trial *trial);

/* A look in the middle of a round, with statistics and exact. The one of a round that saw most
 * anonymous memory of the primary role is its point, if the round ends by play_end_loaded_round(),
 * which takes no look of its own. False: there was no look in this round. */
int play_look_loaded(struct trial *trial);
bool play_end_loaded_round(struct trial *trial);

/* The end of a round: nobody is there, and the primary role's `counter` has come to `goal` (NULL:
 * it counts nothing). Every measured role is asked for its statistics and looked at, exactly. */
int play_end_round(struct trial *trial, const char *counter, int64_t goal);

/* A look with statistics in the middle of the load. */
int play_look(struct trial *trial);

/* Wait until a role's counter has come to `goal`, and take its counters into the record. */
int play_await_counter(struct trial *trial, size_t role, const char *counter, int64_t goal);

/* Ask it to leave by itself, and wait for its last words and its end. */
int play_leave(struct trial *trial, size_t role);

/* For roles without a channel: from now on it may end; by this signal, if it is not 0, too. */
int play_signal(struct trial *trial, size_t role, int signal);
int play_await_end(struct trial *trial, size_t role, int64_t within_ns);

/* With which status it may end, beside 0; -1: with any. */
void play_allow_status(struct trial *trial, size_t role, int status);

/* The trial is over, with this reason. Returns -ECANCELED; the first reason stays. */
int play_fail(struct trial *trial, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, of a role that runs on another allocator than the row's: the trial is invalid. */
int play_refuse(struct trial *trial, const char *reason);
