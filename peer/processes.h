/*
 * processes: the load as it was in libzmq issue 3186: real peer programs, several at a time, each
 * living a given time. Its messages are not exact; how many processes it starts is.
 *
 * A slot starts its next process when the former one has ended. First starts are spread over one
 * life, so that the slots do not all join at once. Every process dies with the one that started it.
 */
#pragma once

#include <stdint.h>

#include "err.h"

enum { PROCESSES_SLOTS_MAX = 128, PROCESSES_REASON_MAX = 128 };

struct processes_options {
    const char *program; /* takes --proxy, --seconds and --quiet, as peer does */
    const char *proxy;
    int slots;        /* processes at a time */
    int64_t lives;    /* per slot */
    int64_t life_ns;  /* of one process */
    int64_t grace_ns; /* it is killed, and has failed, this long after the end of its life */
    int control_fd;   /* its end ends everything; -1: none */
};

struct processes_result {
    int64_t cycles;                    /* processes that have ended */
    int64_t failed;                    /* of these, the ones that did not exit with 0 */
    char reason[PROCESSES_REASON_MAX]; /* of the last failure, or "" */
};

/* Called each time a process has ended. */
typedef void processes_progress_fn(void *context, const struct processes_result *result);

/* slots x lives processes from start to end. 0, however many failed; -EPIPE when the control
 * channel ended, -errno when processes cannot be started or waited for. */
int processes_run(const struct processes_options *options, processes_progress_fn *progress,
                  void *context, struct processes_result *out_result, struct err *err);
