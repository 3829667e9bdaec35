#include "agent_filter.h"

#include <dlfcn.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "control_lanes.h"
#include "filter_play.h"

/* What libc makes of each act; arguments where filters look at them. */
static const struct {
    enum agent_act act;
    int call;
    uint64_t arguments[6];
} calls[] = {
    {AGENT_BEGIN, SYS_mmap, {0, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK}},
    {AGENT_BEGIN, SYS_mprotect, {0, 1 << 20, PROT_READ | PROT_WRITE}},
    {AGENT_BEGIN, SYS_rt_sigprocmask, {0}},
    {AGENT_BEGIN, SYS_clone3, {0}},
    {AGENT_BEGIN,
     SYS_clone,
     {CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM | CLONE_SIGHAND | CLONE_THREAD |
      CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID}},
    {AGENT_BEGIN, SYS_set_robust_list, {0}},
    {AGENT_BEGIN, SYS_rseq, {0}},
    {AGENT_BEGIN, SYS_getpid, {0}},
    {AGENT_BEGIN, SYS_futex, {0, FUTEX_WAIT_BITSET}},
    {AGENT_BEGIN, SYS_futex, {0, FUTEX_WAKE}},
    {AGENT_TALK, SYS_read, {0}},
    {AGENT_TALK, SYS_write, {0}},
    {AGENT_CONNECT, SYS_close_range, {0}},
    {AGENT_CONNECT, SYS_socket, {1 /* AF_UNIX */, 5 /* SOCK_SEQPACKET */}},
    {AGENT_CONNECT, SYS_connect, {0}},
    {AGENT_CONNECT, SYS_close, {0}},
    {AGENT_RELEASE, SYS_madvise, {0, 0, MADV_DONTNEED}},
    {AGENT_RELEASE, SYS_madvise, {0, 0, MADV_FREE}},
    {AGENT_RELEASE, SYS_munmap, {0}},
    {AGENT_RELEASE, SYS_mprotect, {0}},
    {AGENT_RELEASE, SYS_brk, {0}},
    {AGENT_WRITE, SYS_openat, {0}},
    {AGENT_WRITE, SYS_newfstatat, {0}},
    {AGENT_WRITE, SYS_read, {0}},
    {AGENT_WRITE, SYS_write, {0}},
    {AGENT_WRITE, SYS_close, {0}},
    {AGENT_WRITE, SYS_prctl, {PR_SET_NAME}},
};

static atomic_bool is_set;
static atomic_bool punished[AGENT_FILTER_OF_ALL + 1][AGENT_ACTS];

void agent_filter_begin(int64_t theirs)
{
    atomic_store(&is_set, lanes_filters("/proc/self/status") > theirs);
}

bool agent_filter_is_set(void)
{
    return atomic_load(&is_set);
}

bool agent_filter_lets(enum agent_act act)
{
    return !atomic_load(&punished[AGENT_FILTER_OF_ALL][act]);
}

void agent_filter_fork(void)
{
    for (int act = 0; act < AGENT_ACTS; act++)
        if (atomic_load(&punished[AGENT_FILTER_OF_ONE][act]))
            atomic_store(&punished[AGENT_FILTER_OF_ALL][act], true);
}

/* A wait that fails at once would be one without end, so that a lane needs its futex. */
static bool punishes(uint32_t verdict, int call)
{
    switch (verdict) {
    case SECCOMP_RET_KILL_PROCESS:
    case SECCOMP_RET_KILL_THREAD:
    case SECCOMP_RET_TRAP:
    case SECCOMP_RET_USER_NOTIF:
        return true;
    default:
        return call == SYS_futex && verdict != SECCOMP_RET_ALLOW && verdict != SECCOMP_RET_LOG;
    }
}

static void note(const struct sock_fprog *filter, enum agent_filter_reach reach)
{
    for (size_t i = 0; i < ARRAY_LENGTH(calls); i++)
        if (punishes(filter_play(filter, calls[i].call, calls[i].arguments), calls[i].call))
            atomic_store(&punished[reach][calls[i].act], true);
    atomic_store(&is_set, true);
    if (reach == AGENT_FILTER_OF_ALL && !agent_filter_lets(AGENT_TALK))
        agent_leave_socket();
}

#define VISIBLE __attribute__((visibility("default")))

/* libc declares them with an ellipsis; arguments go in the same registers. No frame of ours stays
 * below a call that may return twice. */
typedef int prctl_fn(int option, unsigned long a, unsigned long b, unsigned long c,
                     unsigned long d);
typedef long syscall_fn(long number, long a, long b, long c, long d, long e, long f);
prctl_fn agent_prctl __asm__("prctl") VISIBLE;
syscall_fn agent_syscall __asm__("syscall") VISIBLE;

int agent_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
    static prctl_fn *next;
    if (!next)
        next = (prctl_fn *)dlsym(RTLD_NEXT, "prctl");
    if (option == PR_SET_SECCOMP && a == SECCOMP_MODE_FILTER)
        note((const struct sock_fprog *)b, AGENT_FILTER_OF_ONE);
    return next(option, a, b, c, d);
}

long agent_syscall(long number, long a, long b, long c, long d, long e, long f)
{
    static syscall_fn *next;
    if (!next)
        next = (syscall_fn *)dlsym(RTLD_NEXT, "syscall");
    if (number == SYS_seccomp && a == SECCOMP_SET_MODE_FILTER)
        note((const struct sock_fprog *)c, (unsigned long)b & SECCOMP_FILTER_FLAG_TSYNC
                                               ? AGENT_FILTER_OF_ALL
                                               : AGENT_FILTER_OF_ONE);
    return next(number, a, b, c, d, e, f);
}
