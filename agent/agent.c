#include "agent.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent_thread.h"
#include "text.h"

enum { CONNECT_S = 5, STACK_BYTES = 1 << 20, STACK_BYTES_MAX = 64 << 20 };

static struct agent_thread agent;

/* A program with much thread-local memory needs a larger stack: it is taken from it (EINVAL). */
static int create(pthread_t *out_thread)
{
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error)
        return error;
    (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    error = EINVAL;
    for (size_t bytes = STACK_BYTES; error == EINVAL && bytes <= STACK_BYTES_MAX; bytes *= 4) {
        error = pthread_attr_setstacksize(&attributes, bytes);
        if (!error)
            error = pthread_create(out_thread, &attributes, agent_thread_main, &agent);
    }
    (void)pthread_attr_destroy(&attributes);
    return error;
}

/* Returns when the driver has heard of this process, or will not. Signals are the program's. */
static void start(const char *began)
{
    sigset_t all;
    sigset_t before;
    pthread_t thread;
    agent.began = began;
    (void)sem_init(&agent.connected, 0, 0);
    (void)sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return;
    int error = create(&thread);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error) {
        agent_thread_refuse(&agent, "no thread could be started for the agent: ", error);
        return;
    }
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += CONNECT_S;
    while (sem_clockwait(&agent.connected, CLOCK_MONOTONIC, &until) < 0 && errno == EINTR)
        continue;
}

static void forked(void)
{
    start("fork");
}

static void copy_environment(const char *name, char *out, size_t size)
{
    const char *value = getenv(name);
    (void)text_copy(out, size, value && strlen(value) < size ? value : "");
}

__attribute__((constructor)) static void agent_begin(void)
{
    copy_environment(AGENT_NAME_ENV, agent.name, sizeof agent.name);
    copy_environment(AGENT_PATH_ENV, agent.path, sizeof agent.path);
    if (!agent.name[0] && !agent.path[0])
        return;
    const char *scope = getenv(AGENT_SCOPE_ENV);
    if (scope && strcmp(scope, "first") == 0) {
        (void)unsetenv("LD_PRELOAD");
        (void)unsetenv(AGENT_NAME_ENV);
        (void)unsetenv(AGENT_PATH_ENV);
    }
    (void)serving_find(&agent.serving);
    agent.ledger = (ledger_read_fn *)dlsym(RTLD_DEFAULT, LEDGER_READ);
    (void)pthread_atfork(NULL, NULL, forked);
    start("exec");
}
