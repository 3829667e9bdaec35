#include "virtual_time.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

enum state { REAL, RECORDED, RUNNING };

static _Atomic int state = REAL;
static _Atomic int64_t elapsed_ns;
static int64_t began_ns, stopped_ns; /* CLOCK_MONOTONIC; CLOCK_MONOTONIC_RAW */
static int64_t real_offset_ns;       /* from CLOCK_MONOTONIC to CLOCK_REALTIME */
static int64_t boot_offset_ns;

typedef int clock_gettime_fn(clockid_t clock, struct timespec *out);
static clock_gettime_fn *real_clock_gettime;

static int read_real(clockid_t clock, struct timespec *out)
{
    return real_clock_gettime ? real_clock_gettime(clock, out)
                              : (int)syscall(SYS_clock_gettime, clock, out);
}

static int64_t real_ns(clockid_t clock)
{
    struct timespec now = {0};
    (void)read_real(clock, &now);
    return (int64_t)now.tv_sec * CLOCK_NS_PER_S + now.tv_nsec;
}

void virtual_time_begin(void)
{
    real_clock_gettime = (clock_gettime_fn *)dlsym(RTLD_NEXT, "clock_gettime");
    began_ns = real_ns(CLOCK_MONOTONIC);
    real_offset_ns = real_ns(CLOCK_REALTIME) - began_ns;
    boot_offset_ns = real_ns(CLOCK_BOOTTIME) - began_ns;
    atomic_store(&state, RECORDED);
}

void virtual_time_set(int64_t to_ns)
{
    int64_t was_ns = atomic_load_explicit(&elapsed_ns, memory_order_relaxed);
    while (to_ns > was_ns &&
           !atomic_compare_exchange_weak_explicit(&elapsed_ns, &was_ns, to_ns, memory_order_relaxed,
                                                  memory_order_relaxed))
        ;
}

void virtual_time_run(void)
{
    if (atomic_load(&state) != RECORDED)
        return;
    stopped_ns = real_ns(CLOCK_MONOTONIC_RAW);
    atomic_store(&state, RUNNING);
}

static int64_t now_ns(void)
{
    int64_t ns = began_ns + atomic_load_explicit(&elapsed_ns, memory_order_relaxed);
    if (atomic_load_explicit(&state, memory_order_acquire) == RUNNING)
        ns += real_ns(CLOCK_MONOTONIC_RAW) - stopped_ns;
    return ns;
}

static bool is_virtual(clockid_t clock, int64_t *out_offset_ns)
{
    *out_offset_ns = 0;
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        *out_offset_ns = real_offset_ns;
        return true;
    case CLOCK_BOOTTIME:
        *out_offset_ns = boot_offset_ns;
        return true;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
        return true;
    default:
        return false;
    }
}

/* These are the C library's names: the allocator's calls come here. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec *out)
{
    int64_t offset_ns;
    if (atomic_load_explicit(&state, memory_order_acquire) == REAL ||
        !is_virtual(clock, &offset_ns))
        return read_real(clock, out);
    int64_t ns = now_ns() + offset_ns;
    out->tv_sec = ns / CLOCK_NS_PER_S;
    out->tv_nsec = ns % CLOCK_NS_PER_S;
    return 0;
}

__attribute__((visibility("default"))) int gettimeofday(struct timeval *restrict out,
                                                        void *restrict zone)
{
    (void)zone;
    struct timespec now;
    int code = clock_gettime(CLOCK_REALTIME, &now);
    if (code == 0)
        *out = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return code;
}

__attribute__((visibility("default"))) time_t time(time_t *out)
{
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) < 0)
        return (time_t)-1;
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
