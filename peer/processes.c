#include "processes.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"

enum { EXIT_NO_PROGRAM = 127 };

struct slot {
    pid_t pid; /* 0: none running */
    int pidfd;
    int64_t lives_left;
    int64_t deadline_ns; /* when to start the next one, or to kill the one that runs */
    bool overdue;
};

struct processes {
    const struct processes_options *options;
    struct slot slots[PROCESSES_SLOTS_MAX];
    struct processes_result result;
};

static void processes_init(struct processes *processes, const struct processes_options *options);
static void processes_release(struct processes *processes);
DEFINE_AUTO(processes, processes_release)
static int act(struct processes *processes, struct slot *slot, struct err *err);
static int wait_for_change(struct processes *processes, struct pollfd *polls, struct err *err);
static int start(const struct processes_options *options, struct slot *slot, struct err *err);
static void become_peer(const struct processes_options *options, pid_t parent);
static void reap(struct processes *processes, struct slot *slot);
static bool running(const struct processes *processes);

int processes_run(const struct processes_options *options, processes_progress_fn *progress,
                  void *context, struct processes_result *out_result, struct err *err)
{
    assert(options->slots > 0 && options->slots <= PROCESSES_SLOTS_MAX);
    AUTO(processes) struct processes processes;
    struct pollfd polls[PROCESSES_SLOTS_MAX + 1];
    processes_init(&processes, options);
    while (running(&processes)) {
        for (int i = 0; i < options->slots; i++) {
            int rc = act(&processes, &processes.slots[i], err);
            if (rc < 0)
                return rc;
        }
        int rc = wait_for_change(&processes, polls, err);
        if (rc < 0)
            return rc;
        for (int i = 0; i < options->slots; i++) {
            if (!polls[i].revents)
                continue;
            reap(&processes, &processes.slots[i]);
            progress(context, &processes.result);
        }
    }
    *out_result = processes.result;
    return 0;
}

static void processes_init(struct processes *processes, const struct processes_options *options)
{
    *processes = (struct processes){.options = options};
    int64_t now_ns = clock_now_ns();
    for (int i = 0; i < options->slots; i++)
        processes->slots[i] = (struct slot){
            .pidfd = -1,
            .lives_left = options->lives,
            .deadline_ns = now_ns + i * options->life_ns / options->slots,
        };
}

static void processes_release(struct processes *processes)
{
    for (int i = 0; i < processes->options->slots; i++) {
        struct slot *slot = &processes->slots[i];
        if (slot->pid == 0)
            continue;
        (void)kill(slot->pid, SIGKILL);
        reap(processes, slot);
    }
}

/* Start what is due, kill what is overdue. */
static int act(struct processes *processes, struct slot *slot, struct err *err)
{
    if (clock_now_ns() < slot->deadline_ns)
        return 0;
    if (slot->pid > 0) {
        slot->overdue = true;
        slot->deadline_ns = INT64_MAX;
        (void)kill(slot->pid, SIGKILL);
        return 0;
    }
    return slot->lives_left > 0 ? start(processes->options, slot, err) : 0;
}

static int wait_for_change(struct processes *processes, struct pollfd *polls, struct err *err)
{
    int slots = processes->options->slots;
    int64_t next_ns = INT64_MAX;
    for (int i = 0; i < slots; i++) {
        const struct slot *slot = &processes->slots[i];
        polls[i] = (struct pollfd){.fd = slot->pidfd, .events = POLLIN};
        if ((slot->pid > 0 || slot->lives_left > 0) && slot->deadline_ns < next_ns)
            next_ns = slot->deadline_ns;
    }
    polls[slots] = (struct pollfd){.fd = processes->options->control_fd};
    if (poll(polls, (nfds_t)slots + 1, clock_left_ms(next_ns)) < 0) {
        if (errno != EINTR)
            return err_set(err, -errno, "cannot poll: %s", strerror(errno));
        for (int i = 0; i <= slots; i++)
            polls[i].revents = 0;
    }
    if (polls[slots].revents)
        return err_set(err, -EPIPE, "the other side of the control channel is gone");
    return 0;
}

static int start(const struct processes_options *options, struct slot *slot, struct err *err)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0)
        return err_set(err, -errno, "cannot fork: %s", strerror(errno));
    if (pid == 0)
        become_peer(options, parent);
    /* Before any wait, so the number cannot belong to anybody else yet. */
    slot->pid = pid;
    slot->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (slot->pidfd < 0)
        return err_set(err, -errno, "cannot watch process %d: %s", (int)pid, strerror(errno));
    slot->lives_left--;
    slot->overdue = false;
    slot->deadline_ns = clock_now_ns() + options->life_ns + options->grace_ns;
    return 0;
}

/* In the child; does not return. */
static void become_peer(const struct processes_options *options, pid_t parent)
{
    char seconds[32];
    (void)snprintf(seconds, sizeof seconds, "%.3f", (double)options->life_ns / CLOCK_NS_PER_S);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_NO_PROGRAM);
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing >= 0) {
        (void)dup2(nothing, STDIN_FILENO);
        (void)dup2(nothing, STDOUT_FILENO);
    }
    (void)execl(options->program, options->program, "--proxy", options->proxy, "--seconds", seconds,
                "--quiet", (char *)NULL);
    (void)fprintf(stderr, "churner: cannot run %s: %s\n", options->program, strerror(errno));
    _exit(EXIT_NO_PROGRAM);
}

static void reap(struct processes *processes, struct slot *slot)
{
    struct processes_result *result = &processes->result;
    int status = 0;
    while (waitpid(slot->pid, &status, 0) < 0 && errno == EINTR)
        ;
    result->cycles++;
    if (status != 0) {
        result->failed++;
        const char *program = processes->options->program;
        if (slot->overdue)
            (void)snprintf(result->reason, sizeof result->reason, "did not end in time");
        else if (WIFSIGNALED(status))
            (void)snprintf(result->reason, sizeof result->reason, "killed by signal %d",
                           WTERMSIG(status));
        else if (WEXITSTATUS(status) == EXIT_NO_PROGRAM)
            (void)snprintf(result->reason, sizeof result->reason, "cannot run %s", program);
        else
            (void)snprintf(result->reason, sizeof result->reason, "exit status %d",
                           WEXITSTATUS(status));
    }
    if (slot->pidfd >= 0)
        (void)close(slot->pidfd);
    slot->pid = 0;
    slot->pidfd = -1;
    slot->deadline_ns = 0; /* the next one starts at once */
}

static bool running(const struct processes *processes)
{
    for (int i = 0; i < processes->options->slots; i++) {
        if (processes->slots[i].pid > 0 || processes->slots[i].lives_left > 0)
            return true;
    }
    return false;
}
