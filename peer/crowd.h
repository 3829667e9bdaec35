/*
 * crowd: the virtual peers of the churner, each a full member with a context of its own, all served
 * by one thread and one poll loop.
 *
 * Steps are serialised: one peer joins or leaves, and the step ends when every side has confirmed
 * it, so that the same load is the same messages in every run.
 *
 *   join   own C heard; everybody present known; its data_sub has shaken hands with each of them (a
 *          monitor says so); each of them has subscribed at its data_pub, and it at theirs
 *   leave  own D heard; everybody else has disconnected from its data_pub, and heard all it had
 *          published; its context has ended
 *
 * Present are the peers of the crowd that have joined (with mesh; without, they ignore each other),
 * one long-lived peer outside, and the peer itself.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "member.h"

enum { CROWD_PEERS_MAX = 128 };

struct crowd_options {
    const char *proxy;
    int peers;
    bool mesh;
    int64_t step_deadline_ms;
    int control_fd; /* watched by crowd_idle(), and its end ends a step; -1: none */
};

struct crowd {
    struct crowd_options options;
    struct member *members;
    void *monitor; /* of the peer that is joining, or NULL */
    int left;      /* peers that have left in this round */
    int resident;  /* joined and still there: members[left], members[left + 1], ... */
    int epoll_fd;
    const char *step; /* the step under way or failed: "join" or "leave" */
    int step_peer;    /* of this peer, from 0 */
};

/* -ENOMEM, -errno. */
int crowd_open(struct crowd *crowd, const struct crowd_options *options, struct err *err);

/* The next peer joins; *out_ns is how long it took. -ETIMEDOUT says what was missing, -EPIPE that
 * nobody listens to the control channel any more. */
int crowd_join(struct crowd *crowd, int64_t *out_ns, struct err *err);

/* The peer that joined first leaves. */
int crowd_leave(struct crowd *crowd, struct err *err);

/* Peer `index` (0: the one that joined first) publishes `count` messages of `size` bytes. */
int crowd_say(struct crowd *crowd, int index, int64_t count, size_t size, struct err *err);

/* Serve everybody until there is something to read at the control channel. */
int crowd_idle(struct crowd *crowd, struct err *err);

/* Close all, without good-byes; once after each crowd_open() that succeeded. */
void crowd_close(struct crowd *crowd);
