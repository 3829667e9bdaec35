/* A main thread that leaves by pthread_exit(3). The process must end when the program's own last
 * thread does, and the agent's is one more that libc counts. So the main thread waits, as its very
 * last act, until it is alone with the agent, and ends the process as libc would: with status 0. */
#include <dlfcn.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent_others.h"

enum { LOOK_MS = 50, BESIDE_THREADS = 4 }; /* ".", "..", the caller, the agent's */

static pthread_key_t last_act;

/* Its links say how many threads there are. */
size_t agent_others(void)
{
    struct stat tasks;
    return stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink > BESIDE_THREADS
               ? tasks.st_nlink - BESIDE_THREADS
               : 0;
}

/* Destructors run again for keys that were set meanwhile, PTHREAD_DESTRUCTOR_ITERATIONS times: in
 * the last of them those of the program are done. */
static void wait_for_others(void *round)
{
    if ((uintptr_t)round < PTHREAD_DESTRUCTOR_ITERATIONS &&
        pthread_setspecific(last_act, (const void *)((uintptr_t)round + 1)) == 0)
        return;
    while (agent_others() > 0)
        (void)poll(NULL, 0, LOOK_MS);
    exit(0);
}

/* libc calls its parameter by a name that is not ours to use.
 * NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
__attribute__((visibility("default"))) void pthread_exit(void *result)
{
    void (*next)(void *) = (void (*)(void *))dlsym(RTLD_NEXT, "pthread_exit");
    if (gettid() == getpid() && pthread_key_create(&last_act, wait_for_others) == 0)
        (void)pthread_setspecific(last_act, (const void *)(uintptr_t)1);
    next(result);
    __builtin_unreachable();
}
