/*
 * agent_host: who agents connect to, in tests: a program is started with one, its processes are let
 * in one after another, and are asked. What goes wrong ends the test.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "agents.h"
#include "clock.h"
#include "control.h"

enum { PEERS_MAX = 128 };
#define HOST_DEADLINE_NS (INT64_C(20) * CLOCK_NS_PER_S)

struct heard {
    int fd;
    pid_t pid;                /* as the kernel says, seen from here */
    struct control_line line; /* "ready" or "refused" */
};

/* Who listens, the program, and who has announced itself. */
struct host {
    char folder[64];
    struct agents agents;
    int to, from;
    pid_t program;
    struct heard heard[PEERS_MAX];
    int count;
};

void host_open(struct host *host);

/* A test program by its name, under a library; NULL: under libc's malloc. */
void host_run(struct host *host, const char *program, const char *mode, const char *library);

/* Is there something to read before then? */
bool host_readable(int fd, int64_t until_ns);

/* Let in whoever is there; true: this descriptor has something to read. */
bool host_serve(struct host *host, int fd, int64_t until_ns);

/* The next line, letting in others meanwhile: 0, or what control_receive() says. */
int host_hear(struct host *host, int fd, struct control_line *line, int64_t until_ns);

/* The next one that comes, to its "ready". */
struct heard *host_await(struct host *host, int index, int64_t until_ns);

void host_ask(struct host *host, int index, const char *verb, const char *answer,
              struct control_line *out);

/* -1 when the allocator does not tell. */
int64_t host_ask_live(struct host *host, int index);

/* The status of the program, whose input ends. */
int host_close(struct host *host);

/* NULL: it has none of its own, or is not here. */
const char *host_library(const char *allocator);
