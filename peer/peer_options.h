/*
 * peer_options: what the peer may be told on its command line, --help included.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "drain.h"
#include "workers.h"

struct peer_options {
    const char *proxy;
    int64_t port;
    int64_t life_ns; /* 0: until told to leave */
    const struct drain *drain;
    int64_t linger_ms;
    bool immediate_exit;
    bool identify;
    bool quiet;
    int64_t leak_bytes;
    struct workers_options workers; /* its session holds without workers too */
    int64_t seed;
};

/* As parsed; before that the defaults. */
extern struct peer_options peer_options;

/* A wrong option ends the program with a sentence (option.h). */
void peer_options_parse(int argc, char **argv);
