/* A main thread that leaves by pthread_exit(3). The process must end when the program's own last
 * thread does, and the agent's is one more that libc counts. So the main thread waits, as its very
 * last act, until it is alone with the agent, and ends the process as libc would: with status 0. */
#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOOK_MS = 50, ALONE = 2 };

static pthread_key_t last_act;

static size_t threads(void)
{
    size_t count = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *entry; tasks && (entry = readdir(tasks)) != NULL;)
        count += entry->d_name[0] != '.';
    if (tasks)
        (void)closedir(tasks);
    return count;
}

/* Destructors run again for keys that were set meanwhile, PTHREAD_DESTRUCTOR_ITERATIONS times: in
 * the last of them those of the program are done. */
static void wait_for_others(void *round)
{
    if ((uintptr_t)round < PTHREAD_DESTRUCTOR_ITERATIONS &&
        pthread_setspecific(last_act, (const void *)((uintptr_t)round + 1)) == 0)
        return;
    while (threads() > ALONE)
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
