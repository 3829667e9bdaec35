/*
 * agent_lanes: agents that speak over shared memory (common/control_lanes.h), made to look like
 * those that connect to a socket: each is one end of a socket pair, whose other end is kept here,
 * and lines are carried over. A thread does nothing but turn the futex into a descriptor.
 *
 * A process says its number as it sees it; which process that is, seen from outside, is found among
 * the driver's descendants by NSpid, the one that began last where several have it.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

#include "control_lanes.h"
#include "err.h"

struct agent_lane {
    int fd;     /* our end of the pair; -1: nobody */
    int theirs; /* the other, until the process has said who it is */
    int pidfd;
};

struct agent_lanes {
    int fd; /* readable when agent_lanes_accept() has something to do; -1: closed */
    int memory_fd;
    int bell_fd; /* rung by the thread */
    struct lanes *memory;
    pthread_t thread;
    bool stops;
    struct agent_lane lane[LANES];
};

/* The struct stays where it is until it is closed. */
int agent_lanes_open(struct agent_lanes *lanes, struct err *err);

/* Carry over what waits. A descriptor of who is new, which the caller closes, and its number.
 * -EAGAIN: nobody is new. */
int agent_lanes_accept(struct agent_lanes *lanes, pid_t *out_pid);

void agent_lanes_close(struct agent_lanes *lanes);
