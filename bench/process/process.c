#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "clock.h"

static const int64_t start_deadline_ns = 20LL * CLOCK_NS_PER_S;
enum { BLIND_LOOK_MS = 20 };
static const int64_t kill_deadline_ns = 10LL * CLOCK_NS_PER_S;

/* What the child reports through the pipe when it cannot become the program. */
struct start_failure {
    int code;
    char step[32];
};

static void fail_start(int report_fd, const char *step)
{
    struct start_failure failure = {.code = errno};
    (void)strncpy(failure.step, step, sizeof failure.step - 1);
    ssize_t written = write(report_fd, &failure, sizeof failure);
    _exit(written == (ssize_t)sizeof failure ? 127 : 126);
}

static int redirect(const struct process_spec *spec)
{
    int to[] = {-1, -1, -1};
    if (!spec->log_path)
        (void)memcpy(to, spec->stdio, sizeof to);
    else if ((to[0] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
        to[1] = to[2] = open(spec->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (to[0] < 0 || to[1] < 0 || to[2] < 0)
        return -1;
    for (size_t i = 0; i < ARRAY_LENGTH(to); i++) /* none is where another one goes */
        if (to[i] <= STDERR_FILENO &&
            (to[i] = fcntl(to[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1)) < 0)
            return -1;
    for (int fd = 0; fd < (int)ARRAY_LENGTH(to); fd++)
        if (dup2(to[fd], fd) < 0)
            return -1;
    return 0;
}

static int pin(const struct process_spec *spec)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (spec->cpus)
        set = *spec->cpus;
    else if (spec->cpu >= 0)
        CPU_SET((unsigned)spec->cpu, &set);
    return CPU_COUNT(&set) == 0 ? 0 : sched_setaffinity(0, sizeof set, &set);
}

static int limit_files(int64_t most_bytes)
{
    const struct rlimit limit = {.rlim_cur = (rlim_t)most_bytes, .rlim_max = (rlim_t)most_bytes};
    return setrlimit(RLIMIT_FSIZE, &limit);
}

static int become_user(const struct process_user *user)
{
    return setgroups((size_t)user->group_count, user->groups) < 0 ||
                   setresgid(user->gid, user->gid, user->gid) < 0 ||
                   setresuid(user->uid, user->uid, user->uid) < 0
               ? -1
               : 0;
}

/* In the child, between fork and exec: only async-signal-safe calls. */
static void become(const struct process_spec *spec, char *const *environment, pid_t parent,
                   int control_fd, int report_fd)
{
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGXFSZ, SIG_DFL);
    if (!spec->in_our_group && setpgid(0, 0) < 0)
        fail_start(report_fd, "process group");
    if (redirect(spec) < 0)
        fail_start(report_fd, "log file");
    if (!spec->plain && fcntl(control_fd, F_SETFD, 0) < 0)
        fail_start(report_fd, "control channel");
    if (pin(spec) < 0)
        fail_start(report_fd, "pinning");
    if (spec->no_aslr && personality(ADDR_NO_RANDOMIZE) < 0)
        fail_start(report_fd, "personality");
    if (spec->no_huge_pages && prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) < 0)
        fail_start(report_fd, "huge pages off");
    if (spec->file_max_bytes > 0 && limit_files(spec->file_max_bytes) < 0)
        fail_start(report_fd, "limit of files");
    if (spec->user && become_user(spec->user) < 0)
        fail_start(report_fd, "user");
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) /* last: another user would take it away */
        fail_start(report_fd, "death signal");
    if (getppid() != parent) /* the driver went before the signal was set */
        _exit(126);
    (void)execve(spec->path, spec->argv, environment);
    fail_start(report_fd, "exec");
}

/* The environment given plus the control channel's descriptor (NULL: none). The strings are
 * borrowed. */
static char **environment_with_control(char *const *given, char *control)
{
    size_t count = 0;
    while (given[count])
        count++;
    char **all = calloc(count + 2, sizeof *all);
    if (!all)
        return NULL;
    (void)memcpy(all, given, count * sizeof *all);
    all[count] = control;
    return all;
}

/* Wait for exec or its failure: end of file means the program runs. */
static int await_exec(int report_fd, const struct process_spec *spec, struct err *err)
{
    struct start_failure failure;
    struct pollfd readable = {.fd = report_fd, .events = POLLIN};
    int64_t until_ns = clock_now_ns() + start_deadline_ns;
    while (poll(&readable, 1, clock_left_ms(until_ns)) <= 0)
        if (clock_now_ns() >= until_ns)
            return err_set(err, -ETIMEDOUT, "%s: could not be started within %d s", spec->path,
                           (int)(start_deadline_ns / CLOCK_NS_PER_S));
    ssize_t got = 0;
    do
        got = read(report_fd, &failure, sizeof failure);
    while (got < 0 && errno == EINTR);
    if (got == 0)
        return 0;
    if (got != (ssize_t)sizeof failure)
        return err_set(err, -EIO, "%s: lost before it could be started", spec->path);
    return err_set(err, -failure.code, "%s: cannot be started (%s): %s", spec->path, failure.step,
                   strerror(failure.code));
}

/* Fork, and hand the child its ends of channel and pipe. */
static int spawn(struct process *process, const struct process_spec *spec, char *const *environment,
                 int control_fd, int report_fd, struct err *err)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0)
        return err_set(err, -errno, "%s: cannot fork: %s", spec->path, strerror(errno));
    if (pid == 0)
        become(spec, environment, parent, control_fd, report_fd);
    process->pid = pid;
    process->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    return process->pidfd < 0
               ? err_set(err, -errno, "%s: its end cannot be watched: %s%s", spec->path,
                         strerror(errno), errno == ENOSYS ? "; heapchurn needs Linux 5.4" : "")
               : 0;
}

int process_start(struct process *process, const struct process_spec *spec, struct err *err)
{
    int pair[2] = {-1, -1};
    int report[2];
    if (!spec->plain && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return err_set(err, -errno, "cannot make a control channel: %s", strerror(errno));
    AUTO_CLOSE int ours = pair[0];
    AUTO_CLOSE int theirs = pair[1];
    if (pipe2(report, O_CLOEXEC) < 0)
        return err_set(err, -errno, "cannot make a pipe: %s", strerror(errno));
    AUTO_CLOSE int report_read = report[0];
    AUTO_CLOSE int report_write = report[1];
    char control[64];
    (void)snprintf(control, sizeof control, "%s=%d", CONTROL_FD_ENV, theirs);
    AUTO_FREE char **environment = environment_with_control(
        spec->environment ? spec->environment : environ, spec->plain ? NULL : control);
    if (!environment)
        return err_set(err, -ENOMEM, "out of memory");
    if (!spec->plain && fcntl(ours, F_SETFL, O_NONBLOCK) < 0)
        return err_set(err, -errno, "control channel: %s", strerror(errno));
    int code = spawn(process, spec, environment, theirs, report_write, err);
    process->control_fd = TAKE_FD(ours);
    (void)close(TAKE_FD(report_write));
    if (code == 0)
        code = await_exec(report_read, spec, err);
    if (code < 0)
        process_release(process);
    return code;
}

/* As waitpid() would tell it. */
static int status_of(const siginfo_t *end)
{
    return end->si_code == CLD_EXITED   ? W_EXITCODE(end->si_status, 0)
           : end->si_code == CLD_DUMPED ? end->si_status | WCOREFLAG
                                        : end->si_status;
}

int process_end_seen(struct process *process)
{
    siginfo_t end = {.si_pid = 0};
    int code = 0;
    if (process->ended)
        return 0;
    do
        code = waitid(P_PID, (id_t)process->pid, &end, WEXITED | WNOHANG | WNOWAIT);
    while (code < 0 && errno == EINTR);
    if (code == 0 && end.si_pid == 0)
        return -EAGAIN;
    /* Somebody else collected it: how it ended is not known, and never counts as well. */
    process->wait_status = code == 0 ? status_of(&end) : W_EXITCODE(255, 0);
    process->ended = true;
    return 0;
}

/* Wait until one of the two, its end or (where wanted) a line, is there. */
static int await_event(struct process *process, bool line, int64_t deadline_ns, int interrupt_fd)
{
    struct pollfd events[] = {{.fd = interrupt_fd, .events = POLLIN},
                              {.fd = process->pidfd, .events = POLLIN},
                              {.fd = line ? process->control_fd : -1, .events = POLLIN}};
    int left_ms = clock_left_ms(deadline_ns);
    if (process->pidfd < 0 && left_ms > BLIND_LOOK_MS) /* no descriptor was left for it */
        left_ms = BLIND_LOOK_MS;
    int ready = poll(events, ARRAY_LENGTH(events), left_ms);
    if (ready > 0)
        return events[0].revents ? -EINTR : 0;
    return clock_now_ns() < deadline_ns ? 0 : -ETIMEDOUT;
}

int process_await(struct process *process, int64_t deadline_ns, int interrupt_fd)
{
    int code = 0;
    while (code == 0 && process_end_seen(process) < 0)
        code = await_event(process, false, deadline_ns, interrupt_fd);
    return code;
}

int process_hear(struct process *process, struct control_line *out, int64_t deadline_ns,
                 int interrupt_fd)
{
    for (;;) {
        bool ended = process_end_seen(process) == 0; /* first: its last words come before its end */
        int code = control_receive(process->control_fd, out);
        if (code == -ECONNRESET || (code == -EAGAIN && ended))
            return -EPIPE;
        if (code != -EAGAIN)
            return code;
        code = await_event(process, true, deadline_ns, interrupt_fd);
        if (code < 0)
            return code;
    }
}

void process_kill(const struct process *process)
{
    if (process->pid > 0)
        (void)kill(-process->pid, SIGKILL);
}

void process_release(struct process *process)
{
    if (process->pid > 0) {
        /* The group may not exist yet when the child failed early: then the child alone. */
        if (!process->ended && process->pidfd >= 0)
            (void)syscall(SYS_pidfd_send_signal, process->pidfd, SIGKILL, NULL, 0);
        else if (!process->ended)
            (void)kill(process->pid, SIGKILL);
        process_kill(process);
        if (process_await(process, clock_now_ns() + kill_deadline_ns, -1) == 0)
            (void)waitpid(process->pid, NULL, WNOHANG);
    }
    cleanup_close(&process->pidfd);
    cleanup_close(&process->control_fd);
    *process = PROCESS_INIT;
}

const char *process_describe_end(int wait_status, char *out, size_t size)
{
    if (WIFSIGNALED(wait_status))
        (void)snprintf(out, size, "killed by signal %d (%s)", WTERMSIG(wait_status),
                       strsignal(WTERMSIG(wait_status)));
    else
        (void)snprintf(out, size, "exit status %d", WEXITSTATUS(wait_status));
    return out;
}
