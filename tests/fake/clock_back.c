/*
 * clock_back: preloaded, it sets the wall clock back by an hour each time that it is read. The
 * monotonic clock goes on.
 */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static time_t back(void)
{
    static time_t hours;
    return 3600 * ++hours;
}

int clock_gettime(clockid_t clock_id, struct timespec *tp)
{
    int code = (int)syscall(SYS_clock_gettime, clock_id, tp);
    if (code == 0 && clock_id == CLOCK_REALTIME)
        tp->tv_sec -= back();
    return code;
}

time_t time(time_t *timer)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (timer)
        *timer = now.tv_sec;
    return now.tv_sec;
}
