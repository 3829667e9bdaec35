/*
 * watch_target: any running process, looked at from outside.
 *
 * A process is held by two descriptors, its pidfd and its folder in /proc. The kernel binds both to
 * the process, not to its number, and whatever is read of it is opened below that folder: a number
 * that is given to another process meanwhile cannot be mistaken for it.
 *
 *     struct watch_target target = WATCH_TARGET_INIT;
 *     watch_target_open(pid, &target, err);      refuses zombies and kernel threads, in words
 *     … poll target.pidfd: readable when the process has ended …
 *     if (watch_target_read(&target, &reading) == -ESRCH)
 *         watch_target_end(&target, text, size);  how it ended, in words
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "mappings.h"
#include "procfs.h"
#include "watch_columns.h"

struct watch_target {
    pid_t pid;
    int pidfd;
    struct procfs procfs;
    int64_t uid; /* real; RECORD_NA: not told */
    char name[32];
};

#define WATCH_TARGET_INIT \
    ((struct watch_target){.pidfd = -1, .procfs = PROCFS_INIT, .uid = RECORD_NA})

/* What /proc/PID/stat says (proc(5): fields 2, 3, 4, 9, 20). */
struct watch_stat {
    char name[32];
    char state;
    pid_t parent;
    bool of_kernel; /* PF_KTHREAD */
    int64_t threads;
};

/* -ESRCH no such process, or a zombie; -EINVAL a thread, of a process or the kernel; -errno. */
int watch_target_open(pid_t pid, struct watch_target *out, struct err *err);
void watch_target_close(struct watch_target *target);
DEFINE_AUTO(watch_target, watch_target_close)

/* What is cheap: status. The rest is RECORD_NA. 0, or -ESRCH when it has ended. */
int watch_target_read(const struct watch_target *target, struct watch_reading *out);

/* The same, and what the mappings tell, added up; they are read once, and left in `mappings` for
 * who wants to know more. Holds up the process's own memory calls for about a millisecond per
 * 100 MiB. Where the kernel shows them to others only, `hidden_error` says so. */
int watch_target_read_mappings(const struct watch_target *target, struct watch_reading *out,
                               struct mappings *mappings);

/* Its share of a tree: proportional shares in place of what is resident; stacks are not told. */
int watch_target_read_share(const struct watch_target *target, struct watch_reading *out);

/* Why the kernel shows the mappings of this process, and with them its PSS, to others only. */
const char *watch_target_hidden(const struct watch_target *target);

/* "has ended", "is a zombie until its parent 12 collects it", … Returns `out`. */
const char *watch_target_end(const struct watch_target *target, char *out, size_t size);

/* 0 or -EPROTO. The name in field 2 may hold spaces and parentheses. */
int watch_parse_stat(const char *text, struct watch_stat *out);
