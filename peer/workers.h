/*
 * workers: threads that build and take apart the state of sessions (session.h), as a load on an
 * allocator: each block is allocated in one thread and freed in another, and threads come and go.
 *
 *     join    half of the session's blocks are built by the worker on duty, the other half by all
 *             in equal parts, at the same time; the duty passes on after `turn` sessions
 *     leave   each part goes on to the next thread in the ring of the workers and the main thread,
 *             which frees what does not outlive the session
 *     later   what outlived it is freed by the thread after that one
 *
 * The main thread hands tasks and parts over inproc sockets and waits for all answers, so that a
 * join or leave has ended when the call returns and what was done is exact. A worker that has
 * served `sessions` sessions ends and another thread takes its place; their ages are spread, so
 * that they do not all go at once.
 *
 * Block i of session k has the size and the content of its number, whatever the number of workers:
 * the work of 1 and of 64 is the same.
 */
#pragma once

#include <pthread.h>
#include <stdint.h>

#include <uuid/uuid.h>

#include "cleanup.h"
#include "err.h"
#include "latency.h"
#include "session.h"

enum { WORKERS_MAX = 64 };

struct workers_options {
    int64_t count;    /* 0: none */
    int64_t sessions; /* that a thread serves before another takes its place; 0: it stays */
    int64_t turn;     /* sessions until the duty passes on, at least 1 */
    struct session_options session;
};

struct worker_part; /* of a session: the blocks that one worker built */

struct worker {
    pthread_t thread;
    void *socket; /* NULL: none runs */
    void *context;
    char address[32];
    const struct workers_options *options;
    int64_t served;
};

struct worker_session {
    uuid_t uuid;
    struct worker_part **parts; /* one for each worker */
};

struct workers {
    struct workers_options options;
    void *context; /* of ZeroMQ, borrowed */
    struct worker worker[WORKERS_MAX];
    struct worker_session *table; /* SESSION_PEERS_MAX; the first `count` are in use */
    int count;
    struct worker_part **parts;     /* of all sessions */
    struct worker_part **outliving; /* a ring of outlive_cycles sessions */
    int64_t joined, left;
    int64_t started;                        /* threads */
    int64_t built, freed, spoiled, refused; /* blocks */
    int64_t bytes_requested_live;
    struct latency built_in; /* of a join: from the first part handed over to the last one built */
};

/* Zeroed is closed, and stays so where options.count is 0. -EINVAL, -ENOMEM, or what libzmq gave.
 * In the calling thread, as are all others. */
int workers_open(struct workers *workers, const struct workers_options *options, void *context,
                 struct err *err);

/* A peer came; a peer went. Nothing happens where it is closed, or for an unknown peer. -errno: a
 * worker does not answer. */
int workers_join(struct workers *workers, const uuid_t uuid, struct err *err);
int workers_leave(struct workers *workers, const uuid_t uuid, struct err *err);

/* Where the block of this index in the first part of a session is; NULL: it is not there. */
void *workers_block(struct workers *workers, const uuid_t uuid, int64_t index);

/* End all threads and free everything; before the context ends. */
void workers_close(struct workers *workers);
DEFINE_AUTO(workers, workers_close)
