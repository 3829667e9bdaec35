/*
 * watch_target: any running process, looked at from outside.
 *
 * A process is held by two descriptors, its pidfd and its folder in /proc, and never looked up by
 * number again: a number that is given to another process meanwhile cannot be mistaken for it.
 *
 *     struct watch_target target = WATCH_TARGET_INIT;
 *     watch_target_open(pid, &target, err);      refuses zombies and kernel threads, in words
 *     … poll target.pidfd: readable when the process has ended …
 *     if (watch_target_read(&target, &reading) == -ESRCH)
 *         watch_target_end(&target, text, size);  how it ended, in words
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "procfs.h"

struct watch_target {
    pid_t pid;
    int pidfd;
    struct procfs procfs;
    int64_t start_ticks; /* since boot: with the pid, the identity of a process */
    uid_t uid;
    char name[32];
};

#define WATCH_TARGET_INIT ((struct watch_target){.pidfd = -1, .procfs = PROCFS_INIT})

/* Bytes; RECORD_NA where it cannot be told. PSS needs the right to trace the process. */
struct watch_reading {
    int64_t rss_bytes;
    int64_t anon_bytes;
    int64_t pss_bytes;
    int64_t swap_bytes;
    int64_t threads;
    int pss_error; /* errno why there is no PSS; 0 */
};

/* What /proc/PID/stat says (proc(5): fields 2, 3, 4, 20, 22). */
struct watch_stat {
    char name[32];
    char state;
    pid_t parent;
    int64_t threads;
    int64_t start_ticks;
};

/* -ESRCH no such process, or a zombie; -EINVAL a kernel thread; -errno. */
int watch_target_open(pid_t pid, struct watch_target *out, struct err *err);
void watch_target_close(struct watch_target *target);
DEFINE_AUTO(watch_target, watch_target_close)

/* 0, or -ESRCH when it has ended. */
int watch_target_read(const struct watch_target *target, struct watch_reading *out);

/* "has ended", "is a zombie until its parent 12 collects it", … Returns `out`. */
const char *watch_target_end(const struct watch_target *target, char *out, size_t size);

/* 0 or -EPROTO. The name in field 2 may hold spaces and parentheses. */
int watch_parse_stat(const char *text, struct watch_stat *out);
