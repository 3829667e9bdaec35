#include "agent_lanes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "namespace_pid.h"

#define EMPTY ((struct agent_lane){.fd = -1, .theirs = -1, .pidfd = -1})

static void *ring(void *of)
{
    struct agent_lanes *lanes = of;
    uint32_t seen = 0;
    const uint64_t one = 1;
    while (!__atomic_load_n(&lanes->stops, __ATOMIC_ACQUIRE)) {
        lanes_await(lanes->memory, seen);
        seen = atomic_load(&lanes->memory->said);
        (void)!write(lanes->bell_fd, &one, sizeof one);
    }
    return NULL;
}

static int begin_thread(struct agent_lanes *lanes)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&lanes->thread, NULL, ring, lanes);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -error;
}

static int watch(const struct agent_lanes *lanes, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events};
    return epoll_ctl(lanes->fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

int agent_lanes_open(struct agent_lanes *lanes, struct err *err)
{
    *lanes = (struct agent_lanes){.fd = -1, .memory_fd = -1, .bell_fd = -1};
    for (size_t i = 0; i < LANES; i++)
        lanes->lane[i] = EMPTY;
    int code = lanes_make(&lanes->memory_fd, &lanes->memory, err);
    if (code < 0)
        return code;
    lanes->fd = epoll_create1(EPOLL_CLOEXEC);
    lanes->bell_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    code = lanes->fd < 0 || lanes->bell_fd < 0 ? -errno : watch(lanes, lanes->bell_fd, EPOLLIN);
    if (code == 0)
        code = begin_thread(lanes);
    if (code == 0)
        return 0;
    lanes_unmap(lanes->memory);
    lanes->memory = NULL; /* there is no thread to end */
    agent_lanes_close(lanes);
    return err_set(err, code, "memory cannot be shared with agents: %s", strerror(-code));
}

static void leave(struct agent_lanes *lanes, size_t i)
{
    struct agent_lane *lane = &lanes->lane[i];
    cleanup_close(&lane->fd);
    cleanup_close(&lane->theirs);
    cleanup_close(&lane->pidfd);
    *lane = EMPTY;
    lane_clear(&lanes->memory->lane[i]);
}

/* The first word in a lane. */
static bool enter(struct agent_lane *lane, const struct agent_lanes *lanes)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0)
        return false;
    lane->fd = ends[0];
    lane->theirs = ends[1];
    return watch(lanes, lane->fd, EPOLLIN | EPOLLET) == 0;
}

/* It has said who it is. The descriptor for the caller; -EAGAIN: it cannot be found. */
static int identify(const struct agent_lanes *lanes, struct agent_lane *lane,
                    const struct control_line *line, pid_t *out_pid)
{
    int64_t said = 0;
    pid_t pid = control_get_i64(line, "pid", &said) < 0 ? -1 : namespace_pid_find((pid_t)said);
    lane->pidfd = pid < 0 ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);
    if (lane->pidfd < 0 || watch(lanes, lane->pidfd, EPOLLIN) < 0)
        return -EAGAIN;
    *out_pid = pid;
    return TAKE_FD(lane->theirs);
}

/* From the process to the driver. */
static int carry_in(struct agent_lanes *lanes, size_t i, pid_t *out_pid)
{
    struct control_line line;
    struct agent_lane *lane = &lanes->lane[i];
    if (!lane_collect(&lanes->memory->lane[i], &line))
        return -EAGAIN;
    if (lane->fd < 0 && !enter(lane, lanes)) {
        leave(lanes, i);
        return -EAGAIN;
    }
    (void)control_send(lane->fd, &line);
    if (lane->theirs < 0 || control_is(&line, "option"))
        return -EAGAIN;
    int fd = identify(lanes, lane, &line, out_pid);
    if (fd < 0)
        leave(lanes, i);
    return fd;
}

static bool is_readable(int fd)
{
    struct pollfd event = {.fd = fd, .events = POLLIN};
    return fd >= 0 && poll(&event, 1, 0) > 0;
}

/* From the driver to the process, whose turn comes when it has answered what it was asked before.
 * The driver's hanging up cannot be told to it: it waits until it ends. */
static void carry_out(struct agent_lanes *lanes, size_t i)
{
    struct control_line line;
    struct agent_lane *lane = &lanes->lane[i];
    struct lane *memory = &lanes->memory->lane[i];
    if (is_readable(lane->pidfd))
        leave(lanes, i);
    else if (lane->fd >= 0 && lane->theirs < 0 && lane_is_quiet(memory) &&
             control_receive(lane->fd, &line) == 0)
        (void)lane_ask(memory, &line);
}

int agent_lanes_accept(struct agent_lanes *lanes, pid_t *out_pid)
{
    enum { AT_ONCE = 2 * LANES };
    struct epoll_event events[AT_ONCE];
    uint64_t rings = 0;
    (void)!read(lanes->bell_fd, &rings, sizeof rings);
    (void)epoll_wait(lanes->fd, events, AT_ONCE, 0); /* what is to be told once was told */
    for (size_t i = 0; i < LANES; i++) {
        int fd = carry_in(lanes, i, out_pid);
        if (fd >= 0)
            return fd;
        carry_out(lanes, i);
    }
    return -EAGAIN;
}

void agent_lanes_close(struct agent_lanes *lanes)
{
    if (lanes->fd < 0)
        return;
    if (lanes->memory) {
        __atomic_store_n(&lanes->stops, true, __ATOMIC_RELEASE);
        lanes_ring(lanes->memory);
        (void)pthread_join(lanes->thread, NULL);
        for (size_t i = 0; i < LANES; i++)
            leave(lanes, i);
    }
    lanes_unmap(lanes->memory);
    cleanup_close(&lanes->memory_fd);
    cleanup_close(&lanes->bell_fd);
    cleanup_close(&lanes->fd);
    lanes->memory = NULL;
    lanes->fd = -1;
}
