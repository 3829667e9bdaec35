#include "watch_target.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "text.h"

enum { TEXT_SIZE = 8192, KERNEL_THREAD = 0x00200000 /* PF_KTHREAD of linux/sched.h */ };

static int read_stat(const struct procfs *procfs, struct watch_stat *out);
static int refuse(const struct watch_target *target, struct err *err);
static bool has_ended(const struct watch_target *target);

int watch_target_open(pid_t pid, struct watch_target *out, struct err *err)
{
    AUTO(watch_target) struct watch_target target = WATCH_TARGET_INIT;
    struct watch_stat stat = {.state = '\0'};
    target.pid = pid;
    target.pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (target.pidfd < 0 && errno == ESRCH)
        return err_set(err, -ESRCH, "there is no process %d", (int)pid);
    if (target.pidfd < 0 && (errno == EINVAL || errno == ENOENT)) /* before and since Linux 6.15 */
        return err_set(err, -EINVAL, "%d is a thread; watch its process", (int)pid);
    if (target.pidfd < 0)
        return err_set(err, -errno, "process %d: %s", (int)pid, strerror(errno));
    int code = procfs_open(pid, &target.procfs, err);
    if (code == 0)
        code = read_stat(&target.procfs, &stat);
    /* Both descriptors are of one process if the first of them still lives. */
    bool ended = has_ended(&target) && stat.state != 'Z';
    if (ended || code == -ESRCH)
        return err_set(err, -ESRCH, "process %d has just ended", (int)pid);
    if (code < 0)
        return err_set(
            err, code, "process %d: /proc does not show it: %s%s", (int)pid, strerror(-code),
            code == -EPERM || code == -ENOENT ? " (hidepid): only its owner, or root, may watch it"
                                              : "");
    (void)text_copy(target.name, sizeof target.name, stat.name);
    AUTO_FREE char *status = procfs_load(target.procfs.dir_fd, "status");
    if (status)
        target.uid = procfs_key(status, "Uid");
    code = refuse(&target, err);
    if (code < 0)
        return code;
    *out = target;
    target = WATCH_TARGET_INIT;
    return 0;
}

void watch_target_close(struct watch_target *target)
{
    cleanup_close(&target->pidfd);
    procfs_close(&target->procfs);
    target->pidfd = -1;
}

int watch_target_read(const struct watch_target *target, struct watch_reading *out)
{
    struct watch_reading reading = watch_reading_none;
    AUTO_FREE char *status = procfs_load(target->procfs.dir_fd, "status");
    if (!status)
        return errno == ENOENT ? -ESRCH : -errno;
    reading.rss_bytes = procfs_key(status, "VmRSS");
    if (reading.rss_bytes == RECORD_NA)
        return -ESRCH; /* its memory is gone: it is about to become a zombie, or is one */
    reading.anon_bytes = procfs_key(status, "RssAnon");
    reading.file_bytes = procfs_key(status, "RssFile");
    reading.shmem_bytes = procfs_key(status, "RssShmem");
    reading.swap_bytes = procfs_key(status, "VmSwap");
    reading.threads = procfs_key(status, "Threads");
    reading.processes = 1;
    *out = reading;
    return 0;
}

/* Exact, and of one moment: what status says may be some pages off, and is a moment older. What is
 * neither anonymous nor shared memory is of files. */
static void add_up(const struct mappings *mappings, struct watch_reading *out)
{
    out->rss_bytes = out->anon_bytes = out->swap_bytes = out->pss_bytes = 0;
    out->stack_bytes = out->lazy_free_bytes = out->anon_huge_bytes = 0;
    for (size_t i = 0; i < mappings->count; i++) {
        const struct mapping *mapping = &mappings->list[i];
        out->rss_bytes += mapping->rss_bytes;
        out->anon_bytes += mapping->anon_bytes;
        out->swap_bytes += mapping->swap_bytes;
        out->pss_bytes += mapping->pss_bytes;
        out->lazy_free_bytes += mapping->lazy_free_bytes;
        out->anon_huge_bytes += mapping->anon_huge_bytes;
        out->stack_bytes += mapping->kind == MAPPING_STACK ? mapping->rss_bytes : 0;
    }
    if (out->shmem_bytes != RECORD_NA)
        out->file_bytes = out->rss_bytes - out->anon_bytes - out->shmem_bytes;
    if (out->file_bytes < 0) /* shared memory was mapped between the two reads */
        out->file_bytes = RECORD_NA;
}

int watch_target_read_mappings(const struct watch_target *target, struct watch_reading *out,
                               struct mappings *mappings)
{
    struct watch_reading reading = watch_reading_none;
    struct err err = ERR_INIT;
    int code = watch_target_read(target, &reading);
    if (code < 0)
        return code;
    code = mappings_read(target->procfs.dir_fd, mappings, &err);
    if (code == -ESRCH || (code == -ENOENT && has_ended(target)))
        return -ESRCH;
    if (code < 0)
        reading.hidden_error = -code;
    else
        add_up(mappings, &reading);
    *out = reading;
    return 0;
}

int watch_target_read_share(const struct watch_target *target, struct watch_reading *out)
{
    char text[TEXT_SIZE];
    struct watch_reading reading = watch_reading_none;
    int code = watch_target_read(target, &reading);
    if (code < 0)
        return code;
    ssize_t length = procfs_slurp(target->procfs.dir_fd, "smaps_rollup", text, sizeof text);
    if (length == 0 || length == -ESRCH || (length == -ENOENT && has_ended(target)))
        return -ESRCH;
    if (length < 0) { /* what is resident, shared pages counted in each: better than nothing */
        reading.hidden_error = (int)-length;
        *out = reading;
        return 0;
    }
    reading.pss_bytes = reading.rss_bytes = procfs_key(text, "Pss");
    reading.anon_bytes = procfs_key(text, "Pss_Anon");
    reading.file_bytes = procfs_key(text, "Pss_File");
    reading.shmem_bytes = procfs_key(text, "Pss_Shmem");
    reading.lazy_free_bytes = procfs_key(text, "LazyFree");
    reading.anon_huge_bytes = procfs_key(text, "AnonHugePages");
    reading.swap_bytes = procfs_key(text, "SwapPss");
    *out = reading;
    return 0;
}

const char *watch_target_hidden(const struct watch_target *target)
{
    uid_t self = geteuid();
    return self == 0 || (int64_t)self == target->uid
               ? "it holds rights that heapchurn lacks, or it, or a rule here, forbids to trace it"
               : "only its owner, or root, may see the mappings of a process";
}

const char *watch_target_end(const struct watch_target *target, char *out, size_t size)
{
    struct watch_stat stat;
    struct procfs other = PROCFS_INIT;
    if (read_stat(&target->procfs, &stat) == 0) {
        if (stat.state == 'Z' && stat.threads > 1)
            (void)snprintf(out, size,
                           "has lost its main thread; through it the memory of the others cannot "
                           "be read");
        else if (stat.state == 'Z')
            (void)snprintf(out, size, "has ended; it is a zombie until its parent %d collects it",
                           (int)stat.parent);
        else
            (void)snprintf(out, size, "is ending");
        return out;
    }
    /* Its folder is empty for ever; what is found under its number now is another. */
    if (procfs_open(target->pid, &other, NULL) == 0 && read_stat(&other, &stat) == 0)
        (void)snprintf(out, size, "has ended; its number belongs to another process now: %s",
                       stat.name);
    else
        (void)snprintf(out, size, "has ended");
    procfs_close(&other);
    return out;
}

int watch_parse_stat(const char *text, struct watch_stat *out)
{
    struct watch_stat stat = {.state = '\0'};
    const char *open = strchr(text, '(');
    const char *close = strrchr(text, ')');
    if (!open || !close || close < open)
        return -EPROTO;
    (void)snprintf(stat.name, sizeof stat.name, "%.*s", (int)(close - open - 1), open + 1);
    text_printable(stat.name);
    int parent = 0;
    unsigned flags = 0;
    /* Fields 3, 4, 9 and 20. */
    if (sscanf(close + 1,
               " %c %d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %" SCNd64,
               &stat.state, &parent, &flags, &stat.threads) != 4)
        return -EPROTO;
    stat.parent = parent;
    stat.of_kernel = flags & KERNEL_THREAD;
    *out = stat;
    return 0;
}

static int read_stat(const struct procfs *procfs, struct watch_stat *out)
{
    char text[TEXT_SIZE];
    ssize_t length = procfs_slurp(procfs->dir_fd, "stat", text, sizeof text);
    return length < 0 ? (int)length : watch_parse_stat(text, out);
}

/* What has no memory to watch. */
static int refuse(const struct watch_target *target, struct err *err)
{
    struct watch_reading reading = watch_reading_none;
    struct watch_stat stat;
    char end[256];
    int code = watch_target_read(target, &reading);
    if (code == 0)
        return 0;
    if (code != -ESRCH)
        return err_set(err, code, "process %d (%s): %s", (int)target->pid, target->name,
                       strerror(-code));
    if (read_stat(&target->procfs, &stat) == 0 && stat.of_kernel)
        return err_set(err, -EINVAL,
                       "process %d (%s) is a thread of the kernel: no memory of its own",
                       (int)target->pid, target->name);
    return err_set(err, -ESRCH, "process %d (%s) %s", (int)target->pid, target->name,
                   watch_target_end(target, end, sizeof end));
}

static bool has_ended(const struct watch_target *target)
{
    struct pollfd ended = {.fd = target->pidfd, .events = POLLIN};
    return poll(&ended, 1, 0) > 0;
}
