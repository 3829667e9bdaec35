#include "supervisor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#include "clock.h"
#include "orphans.h"

/* What an epoll event is about: kind in the high half, role in the low. */
enum { END_SIZE = 320 };

enum event_kind { EVENT_TIMER, EVENT_INTERRUPT, EVENT_LINE, EVENT_END, EVENT_DOOR };

static int watch(struct supervisor *supervisor, int fd, enum event_kind kind, size_t role)
{
    struct epoll_event event = {.events = EPOLLIN,
                                .data.u32 = (uint32_t)kind << 16 | (uint32_t)role};
    return epoll_ctl(supervisor->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

int supervisor_open(struct supervisor *supervisor, const char *const *names, size_t count,
                    int64_t tick_period_ns, int interrupt_fd, const struct supervisor_hooks *hooks,
                    struct err *err)
{
    *supervisor = (struct supervisor){
        .epoll_fd = epoll_create1(EPOLL_CLOEXEC),
        .timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
        .roles = calloc(count + 1, sizeof *supervisor->roles),
        .role_count = count,
        .hooks = *hooks,
    };
    if (!supervisor->roles)
        abort();
    for (size_t i = 0; i < count; i++)
        supervisor->roles[i] = (struct supervised){.name = names[i], .process = PROCESS_INIT};
    struct timespec period = {.tv_sec = tick_period_ns / CLOCK_NS_PER_S,
                              .tv_nsec = tick_period_ns % CLOCK_NS_PER_S};
    struct itimerspec timer = {.it_interval = period, .it_value = period};
    if (supervisor->epoll_fd < 0 || supervisor->timer_fd < 0 ||
        timerfd_settime(supervisor->timer_fd, 0, &timer, NULL) < 0 ||
        watch(supervisor, supervisor->timer_fd, EVENT_TIMER, 0) < 0 ||
        (interrupt_fd >= 0 && watch(supervisor, interrupt_fd, EVENT_INTERRUPT, 0) < 0)) {
        int code = -errno;
        supervisor_close(supervisor);
        return err_set(err, code, "cannot watch events: %s", strerror(-code));
    }
    return 0;
}

int supervisor_start(struct supervisor *supervisor, size_t role, const struct process_spec *spec,
                     struct err *err)
{
    struct process *process = &supervisor->roles[role].process;
    if (process->ended)
        process_release(process);
    supervisor->roles[role].may_end = false;
    supervisor->roles[role].own_signal = 0;
    int code = process_start(process, spec, err);
    if (code == 0 && process->control_fd >= 0)
        code = watch(supervisor, process->control_fd, EVENT_LINE, role);
    if (code == 0)
        code = watch(supervisor, process->pidfd, EVENT_END, role);
    return code;
}

int supervisor_open_door(struct supervisor *supervisor, int door_fd)
{
    return watch(supervisor, door_fd, EVENT_DOOR, 0);
}

int supervisor_adopt(struct supervisor *supervisor, size_t role, int fd)
{
    struct process *process = &supervisor->roles[role].process;
    supervisor->roles[role].adopted++;
    cleanup_close(&process->control_fd); /* epoll forgets a descriptor that is closed */
    process->control_fd = fd;
    return watch(supervisor, fd, EVENT_LINE, role);
}

int supervisor_fail(struct supervisor *supervisor, const char *format, ...)
{
    if (supervisor->failure[0])
        return -ECANCELED;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(supervisor->failure, sizeof supervisor->failure, format, args);
    va_end(args);
    return -ECANCELED;
}

static void dispatch_line(struct supervisor *supervisor, size_t role)
{
    struct control_line *line = &supervisor->incoming;
    const char *name = supervisor->roles[role].name;
    char reason[ERR_TEXT_MAX] = "no reason given";
    if (control_is(line, "refused") || control_is(line, "failed")) {
        (void)control_get(line, "reason", reason, sizeof reason);
        supervisor->refused = supervisor->refused || control_is(line, "refused");
        (void)supervisor_fail(supervisor, "%s: %s", name, reason);
        return;
    }
    if (supervisor->awaiting && !supervisor->matched && role == supervisor->await_role &&
        control_is(line, supervisor->await_verb)) {
        supervisor->line = *line;
        supervisor->matched = true;
        return;
    }
    if (!supervisor->hooks.heard(supervisor->hooks.context, role, line))
        (void)supervisor_fail(supervisor, "%s said '%.60s' %s%s%s", name, line->text,
                              supervisor->awaiting ? "while '" : "unasked",
                              supervisor->awaiting ? supervisor->await_verb : "",
                              supervisor->awaiting ? "' was awaited" : "");
}

/* Read all lines that are there. At the end of the stream the pidfd tells the rest. */
static void read_lines(struct supervisor *supervisor, size_t role)
{
    int fd = supervisor->roles[role].process.control_fd;
    while (fd >= 0) {
        int code = control_receive(fd, &supervisor->incoming);
        if (code == -EAGAIN)
            return;
        if (code == -EPIPE || code == -ECONNRESET) {
            (void)epoll_ctl(supervisor->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
            return;
        }
        if (code < 0) {
            (void)supervisor_fail(supervisor, "%s sent a malformed line on its control channel",
                                  supervisor->roles[role].name);
            return;
        }
        dispatch_line(supervisor, role);
        if (supervisor->failure[0])
            return;
    }
}

static const char *explain(const struct supervisor *supervisor, size_t role, int wait_status)
{
    return supervisor->hooks.explain
               ? supervisor->hooks.explain(supervisor->hooks.context, role, wait_status)
               : NULL;
}

/* "killed by signal 31: what that means". Returns `out`. */
static const char *describe_end(const struct supervisor *supervisor, size_t role, char *out,
                                size_t size)
{
    int status = supervisor->roles[role].process.wait_status;
    const char *means = explain(supervisor, role, status);
    (void)process_describe_end(status, out, size);
    size_t used = strlen(out);
    if (means)
        (void)snprintf(out + used, size - used, ": %s", means);
    return out;
}

static void note_end(struct supervisor *supervisor, size_t role)
{
    struct process *process = &supervisor->roles[role].process;
    read_lines(supervisor, role); /* its last words come first */
    if (process_end_seen(process) < 0)
        return;
    (void)epoll_ctl(supervisor->epoll_fd, EPOLL_CTL_DEL, process->pidfd, NULL);
    char end[END_SIZE];
    if (!supervisor->roles[role].may_end)
        (void)supervisor_fail(supervisor, "%s ended too early: %s", supervisor->roles[role].name,
                              describe_end(supervisor, role, end, sizeof end));
}

static void tick(struct supervisor *supervisor)
{
    uint64_t expirations = 0;
    if (read(supervisor->timer_fd, &expirations, sizeof expirations) == (ssize_t)sizeof expirations)
        supervisor->hooks.tick(supervisor->hooks.context);
}

/* Handle what is there, waiting for it at most until the deadline. */
static int handle_events(struct supervisor *supervisor, int64_t deadline_ns)
{
    enum { AT_ONCE = 8 };
    struct epoll_event events[AT_ONCE];
    int count = epoll_wait(supervisor->epoll_fd, events, AT_ONCE, clock_left_ms(deadline_ns));
    if (count < 0 && errno != EINTR)
        return supervisor_fail(supervisor, "epoll_wait: %s", strerror(errno));
    for (int i = 0; i < count; i++) {
        size_t role = events[i].data.u32 & 0xffff;
        switch ((enum event_kind)(events[i].data.u32 >> 16)) {
        case EVENT_TIMER:
            tick(supervisor);
            break;
        case EVENT_INTERRUPT:
            supervisor->interrupted = true;
            break;
        case EVENT_LINE:
            read_lines(supervisor, role);
            break;
        case EVENT_END:
            note_end(supervisor, role);
            break;
        case EVENT_DOOR:
            supervisor->hooks.knock(supervisor->hooks.context);
            break;
        }
    }
    if (supervisor->interrupted)
        return -EINTR;
    return supervisor->failure[0] ? -ECANCELED : 0;
}

int supervisor_send(struct supervisor *supervisor, size_t role, const struct control_line *line)
{
    const struct supervised *of = &supervisor->roles[role];
    const struct process *process = &of->process;
    unsigned adopted = of->adopted; /* the number of the descriptor may come again */
    int code = control_send(process->control_fd, line);
    if (code == 0)
        return 0;
    /* The other side is gone. It may speak on another channel by now (exec); else its end is a
     * better reason than our broken pipe. */
    int64_t grace_ns = clock_now_ns() + CLOCK_NS_PER_S;
    while (clock_now_ns() < grace_ns && !process->ended) {
        if ((code = handle_events(supervisor, grace_ns)) < 0)
            return code;
        if (of->adopted != adopted && control_send(process->control_fd, line) == 0)
            return 0;
    }
    const char *means = explain(supervisor, role, -1);
    return supervisor_fail(supervisor, "%s does not take requests any more%s%s",
                           supervisor->roles[role].name, means ? ": " : "", means ? means : "");
}

int supervisor_ask(struct supervisor *supervisor, size_t role, const char *verb)
{
    struct control_line line;
    control_begin(&line, verb);
    return supervisor_send(supervisor, role, &line);
}

int supervisor_await(struct supervisor *supervisor, size_t role, const char *verb,
                     int64_t deadline_ns)
{
    supervisor->awaiting = true;
    supervisor->matched = false;
    supervisor->await_role = role;
    supervisor->await_verb = verb;
    int64_t asked_ns = clock_now_ns();
    const struct process *process = &supervisor->roles[role].process;
    int code = supervisor->failure[0] ? -ECANCELED : 0;
    while (code == 0 && !supervisor->matched && !process->ended && clock_now_ns() < deadline_ns)
        code = handle_events(supervisor, deadline_ns);
    supervisor->awaiting = false;
    if (code < 0 || supervisor->matched)
        return code;
    char end[END_SIZE];
    if (process->ended)
        return supervisor_fail(supervisor, "%s ended before it said '%s': %s",
                               supervisor->roles[role].name, verb,
                               describe_end(supervisor, role, end, sizeof end));
    return supervisor_fail(supervisor, "%s did not say '%s' within %.1f s",
                           supervisor->roles[role].name, verb,
                           (double)(deadline_ns - asked_ns) / CLOCK_NS_PER_S);
}

int supervisor_idle(struct supervisor *supervisor, int64_t until_ns)
{
    int code = supervisor->failure[0] ? -ECANCELED : 0;
    while (code == 0 && clock_now_ns() < until_ns)
        code = handle_events(supervisor, until_ns);
    return code;
}

int supervisor_idle_while(struct supervisor *supervisor, size_t role, int64_t until_ns)
{
    const struct process *process = &supervisor->roles[role].process;
    int code = supervisor->failure[0] ? -ECANCELED : 0;
    while (code == 0 && !process->ended && clock_now_ns() < until_ns)
        code = handle_events(supervisor, until_ns);
    return code;
}

int supervisor_await_end(struct supervisor *supervisor, size_t role, int64_t deadline_ns)
{
    struct process *process = &supervisor->roles[role].process;
    supervisor->roles[role].may_end = true;
    int code = supervisor->failure[0] ? -ECANCELED : 0;
    while (code == 0 && !process->ended && clock_now_ns() < deadline_ns)
        code = handle_events(supervisor, deadline_ns);
    if (code < 0)
        return code;
    const char *name = supervisor->roles[role].name;
    if (!process->ended)
        return supervisor_fail(supervisor, "%s did not end after it was asked to leave; killed",
                               name);
    const struct supervised *of = &supervisor->roles[role];
    if (process->wait_status == 0 || (of->any_status && WIFEXITED(process->wait_status)) ||
        (WIFEXITED(process->wait_status) && WEXITSTATUS(process->wait_status) == of->own_status) ||
        (of->own_signal && WIFSIGNALED(process->wait_status) &&
         WTERMSIG(process->wait_status) == of->own_signal))
        return 0;
    char end[END_SIZE];
    return supervisor_fail(supervisor, "%s %s %s", name,
                           WIFSIGNALED(process->wait_status) ? "was" : "left with",
                           describe_end(supervisor, role, end, sizeof end));
}

void supervisor_close(struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->role_count; i++)
        process_release(&supervisor->roles[i].process);
    free(supervisor->roles);
    supervisor->roles = NULL;
    supervisor->role_count = 0;
    orphans_end();
    cleanup_close(&supervisor->timer_fd);
    cleanup_close(&supervisor->epoll_fd);
    supervisor->timer_fd = supervisor->epoll_fd = -1;
}
