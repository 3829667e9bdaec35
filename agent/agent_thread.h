/*
 * agent_thread: the agent's thread, from its first call to the end of the driver. Internal.
 */
#pragma once

#include <semaphore.h>

#include "control.h"
#include "ledger.h"
#include "serving.h"

enum { AGENT_NAME_MAX = 108 }; /* as sun_path */

struct agent_thread {
    char name[AGENT_NAME_MAX];
    char path[AGENT_NAME_MAX];
    const char *began; /* "exec" or "fork" */
    struct serving serving;
    ledger_read_fn *ledger; /* NULL: not preloaded */
    sem_t connected;        /* posted when the driver has heard, or will not */
    struct control_line line;
};

/* Of pthread_create(3); takes a struct agent_thread. */
void *agent_thread_main(void *thread);

/* From the calling thread, once: the driver hears that this process has no agent, and why. */
void agent_thread_refuse(struct agent_thread *agent, const char *what, int error);
