/* unshare(2) and setns(2) of a user namespace, which the kernel grants only to a process of one
 * thread. The agent's goes meanwhile and comes again. */
#include <dlfcn.h>
#include <errno.h>
#include <sched.h>

#include "agent_thread.h"

#define VISIBLE __attribute__((visibility("default")))

enum { TRIES = 1000 };

typedef int unshare_fn(int flags);
typedef int setns_fn(int fd, int type);

/* A thread that was joined may be counted for a moment longer. */
static int again(int (*call)(void *), void *arguments)
{
    int rc;
    if (!agent_pause())
        return errno = EINVAL, -1;
    for (int i = 0; (rc = call(arguments)) < 0 && errno == EINVAL && i < TRIES; i++)
        (void)sched_yield();
    int error = errno;
    agent_resume();
    errno = error;
    return rc;
}

static int call_unshare(void *flags)
{
    unshare_fn *next = (unshare_fn *)dlsym(RTLD_NEXT, "unshare");
    return next(*(const int *)flags);
}

VISIBLE int unshare(int flags)
{
    int rc = call_unshare(&flags);
    return rc < 0 && errno == EINVAL && flags & CLONE_NEWUSER ? again(call_unshare, &flags) : rc;
}

static int call_setns(void *arguments)
{
    setns_fn *next = (setns_fn *)dlsym(RTLD_NEXT, "setns");
    const int *of = arguments;
    return next(of[0], of[1]);
}

/* libc calls its parameter by a name that is not ours to use.
 * NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
VISIBLE int setns(int fd, int type)
{
    int arguments[] = {fd, type};
    int rc = call_setns(arguments);
    return rc < 0 && errno == EINVAL ? again(call_setns, arguments) : rc;
}
