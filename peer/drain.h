/*
 * drain: what a peer does so that its idle data_pub handles the commands that wait in its mailbox.
 *
 * When a subscriber goes away, the I/O thread asks the socket that bound the endpoint to let go of
 * the pipe, and the socket answers only inside calls of the application. A PUB that never publishes
 * never is in a call: about 35 kB for each subscriber that came and went stay until zmq_close().
 * That is libzmq #3186. Each policy is one way to give the socket its turn, or not to.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct drain {
    const char *name;
    const char *what;                    /* for --help */
    void (*after_leave)(void *data_pub); /* when a peer has been disconnected, or NULL */
    void (*each_turn)(void *data_pub);   /* each turn of the event loop, or NULL */
    bool in_poll_set;
};

/* The policies, "none" first; ends with name NULL. */
extern const struct drain drain_policies[];

/* NULL when there is none of that name. */
const struct drain *drain_find(const char *name);

/* One line each, for --help. */
void drain_describe(FILE *out);
