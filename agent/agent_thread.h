/*
 * agent_thread: the agent's thread, from its first call to the end of the driver. Internal.
 */
#pragma once

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <sys/types.h>

#include "agent_channel.h"
#include "ledger.h"
#include "serving.h"

struct agent_thread {
    struct agent_doors doors;
    char program[256];
    const char *began; /* "exec", "fork" or "attach" */
    pid_t parent;
    struct serving serving;
    ledger_read_fn *ledger; /* NULL: not preloaded */
    bool sockets;           /* may be used */
    bool spoke_stats;       /* it was asked for them before */
    bool heard;             /* the driver has heard */
    sem_t connected;        /* posted when it has, or will not */
    struct control_line line;
};

/* Of pthread_create(3); takes a struct agent_thread. Between requests it can be cancelled. */
void *agent_thread_main(void *thread);

/* From the calling thread, once: the driver hears that this process has no agent, and why. */
void agent_thread_refuse(struct agent_thread *agent, const char *reason);

/* End the thread where it and the caller are all there are: true, and agent_resume() begins
 * another. In agent.c. */
bool agent_pause(void);
void agent_resume(void);
