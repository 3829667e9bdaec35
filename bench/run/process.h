/*
 * process: one program that the driver starts, as a resource.
 *
 * A process gets its own process group, dies with the driver (death signal as the second net), has
 * exactly the environment it is given, is pinned before exec, writes what it prints to a file, and
 * is connected by a control channel (common/control.h). It is waited for through a pidfd, so that
 * a signal never meets a recycled pid and the end is an event for epoll.
 *
 *     struct process peer = PROCESS_INIT;
 *     process_start(&peer, &(struct process_spec){.path = …}, err);
 *     … epoll on peer.pidfd and peer.control_fd …
 *     process_release(&peer);       kills the group if anything is left, reaps, closes
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "cleanup.h"
#include "err.h"

struct process_spec {
    const char *path;
    char *const *argv;        /* NULL-terminated, argv[0] included */
    char *const *environment; /* NULL-terminated; the control channel is added */
    const char *log_path;     /* stdout and stderr, appended */
    int cpu;                  /* pinned to this one; -1: as the driver */
    bool no_aslr;
};

struct process {
    pid_t pid; /* 0: not started */
    int pidfd;
    int control_fd; /* non-blocking */
    bool reaped;
    int wait_status; /* valid when reaped */
};

#define PROCESS_INIT ((struct process){.pidfd = -1, .control_fd = -1})

/* Fork, set up, exec. A failure between fork and exec is reported here with the step that failed
 * ("exec build/bin/peer-x: No such file or directory"), not as an exit status. */
int process_start(struct process *process, const struct process_spec *spec, struct err *err);

/* Collect the end of a process whose pidfd is readable. 0, or -EAGAIN while it runs. */
int process_reap(struct process *process);

/* SIGKILL to the whole group; also reaches grandchildren that stayed in it. */
void process_kill(const struct process *process);

/* Safe on a process that was never started, half started, reaped, and twice. */
void process_release(struct process *process);
DEFINE_AUTO(process, process_release)

/* The children that there are now were left by whoever became this program by exec, and are spared
 * by what follows. Before the first start. */
void process_spare_children(void);

/* Kill and reap every other child this process still has. The driver is a subreaper, so a
 * grandchild that left its group (setsid) and lost its parent is its child by now; call it when no
 * process of its own is wanted any more. */
void process_end_orphans(void);

/* "exit status 7", "killed by signal 9 (Killed)". Returns `out`. */
const char *process_describe_end(int wait_status, char *out, size_t size);
