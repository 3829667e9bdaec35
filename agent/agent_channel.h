/*
 * agent_channel: the agent's end of its talk with the driver: a socket, or a lane of shared memory
 * (control_lanes.h). Internal.
 *
 * A socket is read and written by read(2) and write(2): filters that let anything pass let these.
 */
#pragma once

#include <stdbool.h>

#include "control.h"
#include "control_lanes.h"

enum { AGENT_NAME_MAX = 108 }; /* as sun_path */

/* Where the driver can be reached; "" and NULL where it cannot. */
struct agent_doors {
    char name[AGENT_NAME_MAX];
    char path[AGENT_NAME_MAX];
    struct lanes *lanes;
};

struct agent_channel {
    int fd; /* -1: it is a lane */
    struct lanes *lanes;
    struct lane *lane;
};

#define AGENT_CHANNEL_INIT ((struct agent_channel){.fd = -1})

/* Name, path, lane: the first that can be had. `sockets`: may they be tried? */
bool agent_channel_open(const struct agent_doors *doors, bool sockets, struct agent_channel *out);

/* 0 or -errno. */
int agent_channel_say(const struct agent_channel *channel, const struct control_line *line);
int agent_channel_hear(const struct agent_channel *channel, struct control_line *out);

void agent_channel_close(struct agent_channel *channel);
