/*
 * process: one program that the driver starts, as a resource.
 *
 * A process gets its own process group, dies with the driver (death signal as the second net), has
 * exactly the environment it is given, is pinned before exec, writes what it prints where it is
 * told, and is connected by a control channel (common/control.h) unless it is a plain program. Its
 * end is an event: the pidfd becomes readable. Every wait has a deadline.
 *
 *     struct process child = PROCESS_INIT;
 *     process_start(&child, &(struct process_spec){.path = …}, err);
 *     process_hear(&child, &line, deadline_ns, interrupt_fd);     or epoll on its descriptors
 *     process_await(&child, deadline_ns, interrupt_fd);           its end, told in wait_status
 *     process_release(&child);       kills the group if anything is left, reaps, closes
 *
 * Only process_release() reaps: until then the number of the process, and with it that of its
 * group, cannot become somebody else's, so that no signal ever meets a stranger.
 */
#pragma once

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cleanup.h"
#include "control.h"
#include "err.h"
#include "process_user.h"

struct process_spec {
    const char *path;
    char *const *argv;        /* NULL-terminated, argv[0] included */
    char *const *environment; /* NULL-terminated, the control channel is added; NULL: our own */
    const char *log_path;     /* stdout and stderr, appended; stdin is /dev/null; */
    const int *stdio;         /* where it is NULL: descriptors of the three streams */
    int cpu;                  /* pinned to this one; -1: as the driver; */
    const cpu_set_t *cpus;    /* not NULL: may run on these */
    bool in_our_group; /* of processes: it has the driver's terminal, and what is typed there */
    bool no_aslr;
    bool no_huge_pages;              /* transparent ones, for it and what it starts */
    bool plain;                      /* without a control channel */
    const struct process_user *user; /* NULL: as the driver */
    int64_t file_max_bytes; /* a file that it makes larger ends it by SIGXFSZ; 0: no limit */
};

struct process {
    pid_t pid; /* 0: not started */
    int pidfd;
    int control_fd;  /* non-blocking; -1 where it is plain */
    bool ended;      /* noticed by process_end_seen() or process_await() */
    int wait_status; /* as of waitpid(), valid when ended */
};

#define PROCESS_INIT ((struct process){.pidfd = -1, .control_fd = -1})

/* Fork, set up, exec. A failure between fork and exec is reported here with the step that failed
 * ("exec build/bin/x: No such file or directory"), not as an exit status; -ETIMEDOUT when it
 * did not come to exec within some seconds. */
int process_start(struct process *process, const struct process_spec *spec, struct err *err);

/* Has it ended? 0, with wait_status, or -EAGAIN while it runs. */
int process_end_seen(struct process *process);

/* Wait for its end. 0, -ETIMEDOUT, or -EINTR when `interrupt_fd` (-1: none) became readable: it
 * runs on then. */
int process_await(struct process *process, int64_t deadline_ns, int interrupt_fd);

/* Wait for its next line. 0; -EPIPE: it ended, or closed its channel, and all it had said was read;
 * -EPROTO; -ETIMEDOUT; -EINTR. */
int process_hear(struct process *process, struct control_line *out, int64_t deadline_ns,
                 int interrupt_fd);

/* SIGKILL to the whole group; also reaches grandchildren that stayed in it. */
void process_kill(const struct process *process);

/* Kill the group, reap, close. Safe on a process that was never started, half started, ended, and
 * twice. What the kernel does not let go within some seconds is left to it. */
void process_release(struct process *process);
DEFINE_AUTO(process, process_release)

/* "exit status 7", "killed by signal 9 (Killed)". Returns `out`. */
const char *process_describe_end(int wait_status, char *out, size_t size);
