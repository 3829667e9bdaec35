/*
 * watch_agent: what an agent in the watched process says, look by look.
 *
 *     struct watch_agent agent;
 *     watch_agent_open(&target, library, &agent, err);        puts it in (attach.h)
 *     watch_agent_read(&agent, &reading);                     live, books, and the parts by them
 *     watch_agent_release(&agent, text, size);                once, on request
 *
 * What it cannot say is RECORD_NA, and `untold` says why. Where it has gone (the process executed
 * another program), so is everything from then on.
 */
#pragma once

#include "agents.h"
#include "allocator.h"
#include "watch_target.h"

enum { WATCH_AGENT_TEXT_MAX = 640 };

struct watch_agent {
    struct agents agents;
    char folder[4096]; /* of its socket */
    int fd;            /* -1: it has gone */
    double stopped_s;  /* that the process was, for it */
    char allocator[64], version[64];
    char identity[WATCH_AGENT_TEXT_MAX];
    char untold[ALLOCATOR_STAT_COUNT][256];
};

/* The struct stays where it is until it is closed. -errno with a sentence. */
int watch_agent_open(const struct watch_target *target, const char *library,
                     struct watch_agent *out, struct err *err);

/* Ask, and fill in what it says. */
void watch_agent_read(struct watch_agent *agent, struct watch_reading *reading);

/* Have the allocator give back: "malloc_trim(0), 3.1 ms: reaches …", or why not. Returns `out`. */
const char *watch_agent_release(struct watch_agent *agent, char *out, size_t size);

/* Its thread ends; the library stays. */
void watch_agent_close(struct watch_agent *agent);
