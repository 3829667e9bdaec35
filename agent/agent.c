#include "agent.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent_cost.h"
#include "agent_filter.h"
#include "agent_others.h"
#include "agent_thread.h"
#include "cleanup.h"
#include "text.h"

enum { CONNECT_S = 5, STACK_BYTES = 1 << 20, STACK_BYTES_MAX = 64 << 20 };

static struct agent_thread agent;
static pthread_t thread;
static atomic_bool running; /* `thread` is to be joined */
static pid_t self;

/* A program with much thread-local memory needs a larger stack: it is taken from it (EINVAL). */
static int create(void)
{
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error)
        return error;
    error = EINVAL;
    for (size_t bytes = STACK_BYTES; error == EINVAL && bytes <= STACK_BYTES_MAX; bytes *= 4) {
        error = pthread_attr_setstacksize(&attributes, bytes);
        if (!error)
            error = pthread_create(&thread, &attributes, agent_thread_main, &agent);
    }
    (void)pthread_attr_destroy(&attributes);
    return error;
}

/* Returns when the driver has heard of this process, or will not. Signals are the program's. */
static void start(void)
{
    sigset_t all;
    sigset_t before;
    char reason[128];
    (void)sem_init(&agent.connected, 0, 0);
    (void)sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return;
    int error = create();
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error) {
        (void)snprintf(reason, sizeof reason, "no thread could be started for the agent: %s",
                       strerrordesc_np(error));
        agent_thread_refuse(&agent, reason);
        return;
    }
    atomic_store(&running, true);
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += CONNECT_S;
    while (sem_clockwait(&agent.connected, CLOCK_MONOTONIC, &until) < 0 && errno == EINTR)
        continue;
}

static void forked(void)
{
    atomic_store(&running, false);
    agent.began = "fork";
    agent.parent = self;
    agent.spoke_stats = false;
    agent_filter_fork();
    agent_cost_fork();
    agent.sockets = !agent_filter_is_set();
    if (!agent_filter_lets(AGENT_BEGIN))
        return;
    self = getpid();
    start();
}

static bool end(void)
{
    return atomic_exchange(&running, false) && pthread_cancel(thread) == 0 &&
           pthread_join(thread, NULL) == 0;
}

bool agent_pause(void)
{
    return agent_others() == 0 && end();
}

void agent_resume(void)
{
    start();
}

/* The new thread begins before the filter is set: nothing that it begins with is punished. */
void agent_leave_socket(void)
{
    if (!agent.sockets || !end())
        return;
    agent.sockets = false;
    if (agent_filter_lets(AGENT_BEGIN))
        start();
}

static void copy_environment(const char *name, char *out, size_t size)
{
    const char *value = getenv(name);
    (void)text_copy(out, size, value && strlen(value) < size ? value : "");
}

/* What it executes runs without us. */
static void leave_environment(void)
{
    static const char *const names[] = {"LD_PRELOAD", AGENT_NAME_ENV, AGENT_PATH_ENV,
                                        AGENT_LANES_ENV, AGENT_SCOPE_ENV};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        (void)unsetenv(names[i]);
}

static void read_environment(void)
{
    char lanes[AGENT_NAME_MAX];
    copy_environment(AGENT_NAME_ENV, agent.doors.name, sizeof agent.doors.name);
    copy_environment(AGENT_PATH_ENV, agent.doors.path, sizeof agent.doors.path);
    copy_environment(AGENT_LANES_ENV, lanes, sizeof lanes);
    agent.doors.lanes = lanes[0] ? lanes_map(lanes) : NULL;
    const char *scope = getenv(AGENT_SCOPE_ENV);
    if (scope && strcmp(scope, "first") == 0)
        leave_environment();
}

static void begin(const char *how, enum serving_way way)
{
    int64_t before_bytes = agent_cost_resident_bytes();
    ssize_t length = readlink("/proc/self/exe", agent.program, sizeof agent.program - 1);
    agent.program[length < 0 ? 0 : length] = '\0';
    agent_filter_begin(agent.doors.lanes ? agent.doors.lanes->filters : INT64_MAX);
    (void)serving_find(way, &agent.serving);
    agent.ledger = (ledger_read_fn *)dlsym(RTLD_DEFAULT, LEDGER_READ);
    agent.began = how;
    agent.sockets = !agent_filter_is_set();
    agent.parent = getppid();
    self = getpid();
    start();
    agent_cost_begun(before_bytes);
}

__attribute__((constructor)) static void agent_begin(void)
{
    read_environment();
    if (!agent.doors.name[0] && !agent.doors.path[0] && !agent.doors.lanes)
        return;
    (void)pthread_atfork(NULL, NULL, forked);
    begin("exec", SERVING_BEHIND_US);
}

/* The thread of an agent whose driver has gone has ended, and is joined here. */
__attribute__((visibility("default"))) int heapchurn_agent_attach(const char *name,
                                                                  const char *path)
{
    if (atomic_load(&running) && pthread_tryjoin_np(thread, NULL) != 0)
        return EBUSY;
    atomic_store(&running, false);
    (void)text_copy(agent.doors.name, sizeof agent.doors.name, name);
    (void)text_copy(agent.doors.path, sizeof agent.doors.path, path);
    agent.doors.lanes = NULL;
    agent.spoke_stats = false;
    agent.heard = false;
    begin("attach", SERVING_ANYWHERE);
    return agent.heard ? 0 : ECONNREFUSED;
}
