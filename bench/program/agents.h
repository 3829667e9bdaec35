/*
 * agents: where the agents of a program's processes connect (agent/agent.h). The driver's side of
 * their socket: a name in the abstract namespace, and a path for processes in another network
 * namespace. The kernel says which process it is that connects (SO_PEERCRED). Who can reach neither
 * speaks over shared memory (agent_lanes.h), and is let in all the same.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "agent_lanes.h"
#include "cleanup.h"
#include "err.h"
#include "words.h"

struct agents {
    int fd; /* readable when somebody waits to be let in; one for both ways */
    int by_name_fd, by_path_fd;
    char name[64];
    char path[108];
    struct agent_lanes lanes;
};

#define AGENTS_INIT \
    ((struct agents){.fd = -1, .by_name_fd = -1, .by_path_fd = -1, .lanes = {.fd = -1}})

/* Listen. `folder` is where the path goes; where it is too long for a socket, only the name is
 * listened at. The struct stays where it is until it is closed. */
int agents_open(const char *folder, struct agents *out, struct err *err);

/* Let the next one in: its descriptor, non-blocking, which the caller closes, and who it is.
 * -EAGAIN: nobody waits. To be called whenever `fd` is readable. */
int agents_accept(struct agents *agents, pid_t *out_pid);

/* What a program needs in its environment to load the agent (NULL: none), and `library` (NULL:
 * none) behind it; with `first` both in the process that is started alone. -EINVAL for a path that
 * a preload cannot carry. */
int agents_environment(const struct agents *agents, const char *agent, const char *library,
                       bool first, struct words *out, struct err *err);

void agents_close(struct agents *agents);
DEFINE_AUTO(agents, agents_close)
