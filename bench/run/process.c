#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "control.h"

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

static int redirect(const char *log_path)
{
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (input < 0 || log < 0 || dup2(input, STDIN_FILENO) < 0 || dup2(log, STDOUT_FILENO) < 0 ||
        dup2(log, STDERR_FILENO) < 0)
        return -1;
    return 0;
}

static int pin(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((unsigned)cpu, &set);
    return sched_setaffinity(0, sizeof set, &set);
}

/* In the child, between fork and exec: only async-signal-safe calls. */
static void become(const struct process_spec *spec, char *const *environment, pid_t parent,
                   int control_fd, int report_fd)
{
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        fail_start(report_fd, "death signal");
    if (getppid() != parent) /* the driver went before the signal was set */
        _exit(126);
    if (setpgid(0, 0) < 0)
        fail_start(report_fd, "process group");
    if (redirect(spec->log_path) < 0)
        fail_start(report_fd, "log file");
    if (fcntl(control_fd, F_SETFD, 0) < 0)
        fail_start(report_fd, "control channel");
    if (spec->cpu >= 0 && pin(spec->cpu) < 0)
        fail_start(report_fd, "pinning");
    if (spec->no_aslr && personality(ADDR_NO_RANDOMIZE) < 0)
        fail_start(report_fd, "personality");
    (void)execve(spec->path, spec->argv, environment);
    fail_start(report_fd, "exec");
}

/* The environment given plus the control channel's descriptor. The strings are borrowed. */
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

static int open_pidfd(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* Wait for exec or its failure: end of file means the program runs. */
static int await_exec(int report_fd, const struct process_spec *spec, struct err *err)
{
    struct start_failure failure;
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

int process_start(struct process *process, const struct process_spec *spec, struct err *err)
{
    int pair[2];
    int report[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return err_set(err, -errno, "cannot make a control channel: %s", strerror(errno));
    AUTO_CLOSE int ours = pair[0];
    AUTO_CLOSE int theirs = pair[1];
    if (pipe2(report, O_CLOEXEC) < 0)
        return err_set(err, -errno, "cannot make a pipe: %s", strerror(errno));
    AUTO_CLOSE int report_read = report[0];
    AUTO_CLOSE int report_write = report[1];
    char control[64];
    (void)snprintf(control, sizeof control, "%s=%d", CONTROL_FD_ENV, theirs);
    AUTO_FREE char **environment = environment_with_control(spec->environment, control);
    if (!environment)
        return err_set(err, -ENOMEM, "out of memory");
    if (fcntl(ours, F_SETFL, O_NONBLOCK) < 0)
        return err_set(err, -errno, "control channel: %s", strerror(errno));

    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0)
        return err_set(err, -errno, "%s: cannot fork: %s", spec->path, strerror(errno));
    if (pid == 0)
        become(spec, environment, parent, theirs, report_write);
    process->pid = pid;
    process->pidfd = open_pidfd(pid);
    process->control_fd = TAKE_FD(ours);
    (void)close(TAKE_FD(report_write));
    int code = await_exec(report_read, spec, err);
    if (code == 0 && process->pidfd < 0)
        code = err_set(err, -ENOSYS, "pidfd_open failed: heapchurn needs Linux 5.4 or newer");
    if (code < 0)
        process_release(process);
    return code;
}

int process_reap(struct process *process)
{
    if (process->reaped)
        return 0;
    pid_t pid = 0;
    do
        pid = waitpid(process->pid, &process->wait_status, WNOHANG);
    while (pid < 0 && errno == EINTR);
    if (pid == 0)
        return -EAGAIN;
    /* Somebody else collected it: how it ended is not known, and never counts as well. */
    if (pid < 0)
        process->wait_status = W_EXITCODE(255, 0);
    process->reaped = true;
    return 0;
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
        if (!process->reaped)
            (void)kill(process->pid, SIGKILL);
        process_kill(process);
        while (!process->reaped && waitpid(process->pid, &process->wait_status, 0) < 0 &&
               errno == EINTR)
            continue;
        process->reaped = true;
    }
    if (process->pidfd >= 0)
        (void)close(process->pidfd);
    if (process->control_fd >= 0)
        (void)close(process->control_fd);
    *process = PROCESS_INIT;
}

/* Children from before exec, as a shell leaves them with `exec heapchurn`: not ours to end. */
static pid_t *inherited;
static size_t inherited_count;

static bool is_inherited(pid_t pid)
{
    for (size_t i = 0; i < inherited_count; i++)
        if (inherited[i] == pid)
            return true;
    return false;
}

/* Those that are there, or NULL on a kernel without CONFIG_PROC_CHILDREN. */
static FILE *open_children(void)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    return fopen(path, "re");
}

void process_spare_children(void)
{
    AUTO_FCLOSE FILE *children = open_children();
    for (int pid = 0; children && fscanf(children, "%d", &pid) == 1;) {
        pid_t *larger = reallocarray(inherited, inherited_count + 1, sizeof *larger);
        if (!larger)
            abort();
        inherited = larger;
        inherited[inherited_count++] = pid;
    }
}

void process_end_orphans(void)
{
    for (bool again = true; again;) {
        AUTO_FCLOSE FILE *children = open_children();
        again = false;
        for (int pid = 0; children && !again && fscanf(children, "%d", &pid) == 1;) {
            if (is_inherited(pid))
                continue;
            (void)kill(pid, SIGKILL);
            (void)waitpid(pid, NULL, 0);
            again = true;
        }
    }
    if (inherited_count == 0)
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
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
