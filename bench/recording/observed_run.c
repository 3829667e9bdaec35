#include "observed_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "grow.h"
#include "heap_pages.h"
#include "orphans.h"
#include "process.h"
#include "process_tree.h"
#include "procfs.h"
#include "run_course.h"
#include "shared_terminal.h"
#include "text.h"

enum {
    SAMPLE_MS = 5,
    TREE_MS = 20,
    HEAP_SHARE = 50,   /* a look may cost a 50th of the time … */
    EXACT_SHARE = 100, /* … and beside the recorder, where looks between are exact too, less */
    INTERRUPT_S = 10,
    OUTLIVED_S = 1, /* what ends with the command needs less */
};

/* A process of the tree, with its statm kept open. */
struct member {
    struct procfs procfs;
    int64_t anon_bytes;    /* exactly, as of the last look at its heap; -1: it was not told */
    int64_t outside_bytes; /* what of it is no heap */
    bool leaves;           /* it was looked at at the door: what it does now is behind its end */
};

struct observed {
    const struct observed_request *request;
    struct process process;
    bool in_our_group; /* shared_terminal.h */
    struct member *members;
    size_t count;
    struct trace_run *run;
    int64_t began_ns, tree_ns, heap_ns; /* next look */
    struct run_course course;
    int64_t outside_bytes;        /* of the last sample: anonymous, but no heap */
    int64_t file_bytes;           /* the most that was resident and not anonymous */
    int64_t most_bytes;           /* resident at once, up to the end; -1: nobody told */
    struct trace_sample *pending; /* looks that do not tell yet how much was heap */
    size_t pending_count;
    int64_t exact_bytes; /* anonymous memory at the last look that did */
    int64_t killed_ns;   /* 0: not interrupted */
    int64_t ended_ns;    /* when the command had; 0: it runs, or what outlives it has been told */
};

static void add_member(struct observed *observed, pid_t pid)
{
    for (size_t i = 0; i < observed->count; i++)
        if (observed->members[i].procfs.pid == pid)
            return;
    struct member member = {.procfs = PROCFS_INIT, .anon_bytes = -1};
    if (procfs_open(pid, &member.procfs, NULL) < 0)
        return;
    observed->members = grow(observed->members, observed->count, sizeof *observed->members);
    observed->members[observed->count++] = member;
    if ((int64_t)observed->count > observed->run->processes)
        observed->run->processes = (int64_t)observed->count;
}

/* Everybody who descends from us; those whose parent is gone are ours to reap. */
static void look_at_tree(struct observed *observed)
{
    AUTO(process_tree) struct process_tree tree = {.count = 0};
    process_tree_add(&tree, getpid());
    process_tree_grow(&tree);
    cpu_set_t cores;
    if (sched_getaffinity(observed->process.pid, sizeof cores, &cores) == 0)
        observed->run->cores = CPU_COUNT(&cores);
    for (size_t i = 0; i < tree.count; i++) {
        pid_t pid = tree.list[i];
        if (pid == getpid() || (pid != observed->process.pid && waitpid(pid, NULL, WNOHANG) == pid))
            continue;
        add_member(observed, pid);
        if (observed->request->saw)
            observed->request->saw(observed->request->context, pid);
    }
}

/* Not as what statm has beyond the heap: that grows between the two looks. */
static void look_at_heap(struct member *member)
{
    struct heap_pages pages;
    member->anon_bytes = -1;
    if (heap_pages_look(member->procfs.dir_fd, &pages) < 0)
        return;
    member->anon_bytes = pages.anon_bytes;
    member->outside_bytes = pages.outside_bytes;
}

static void look_at_heaps(struct observed *observed)
{
    int64_t began_ns = clock_now_ns();
    for (size_t i = 0; i < observed->count; i++)
        look_at_heap(&observed->members[i]);
    int64_t now_ns = clock_now_ns();
    observed->heap_ns =
        now_ns + (observed->request->exact ? EXACT_SHARE : HEAP_SHARE) * (now_ns - began_ns);
}

static void note(struct observed *observed, int64_t ms, int64_t anon_bytes, int64_t outside_bytes)
{
    struct trace_run *run = observed->run;
    int64_t heap_bytes = anon_bytes > outside_bytes ? anon_bytes - outside_bytes : 0;
    if (run->start_heap_bytes < 0)
        run->start_heap_bytes = heap_bytes;
    run->peak_anon_bytes = anon_bytes > run->peak_anon_bytes ? anon_bytes : run->peak_anon_bytes;
    run->peak_heap_bytes = heap_bytes > run->peak_heap_bytes ? heap_bytes : run->peak_heap_bytes;
    run->end_anon_bytes = anon_bytes;
    run->end_heap_bytes = heap_bytes;
    run_course_add(
        &observed->course, run,
        (struct trace_sample){.ms = ms, .anon_bytes = anon_bytes, .heap_bytes = heap_bytes});
}

/* Between two exact looks what is no heap grew as the whole did: that are tables of the heap, which
 * do not shrink again. */
static void note_pending(struct observed *observed, int64_t anon_bytes, int64_t outside_bytes)
{
    const int64_t from_bytes = observed->exact_bytes, from_outside = observed->outside_bytes;
    for (size_t i = 0; i < observed->pending_count; i++) {
        const struct trace_sample *of = &observed->pending[i];
        double share = of->anon_bytes >= anon_bytes ? 1
                                                    : (double)(of->anon_bytes - from_bytes) /
                                                          (double)(anon_bytes - from_bytes);
        share = share < 0 ? 0 : share > 1 ? 1 : share;
        note(observed, of->ms, of->anon_bytes,
             from_outside + (int64_t)(share * (double)(outside_bytes - from_outside)));
    }
    observed->pending_count = 0;
    observed->exact_bytes = anon_bytes;
}

static void put_off(struct observed *observed, int64_t ms, int64_t anon_bytes)
{
    observed->pending = grow(observed->pending, observed->pending_count, sizeof *observed->pending);
    observed->pending[observed->pending_count++] =
        (struct trace_sample){.ms = ms, .anon_bytes = anon_bytes};
}

/* Who is gone is forgotten. `looked`: the heap was looked at just now, which is exact, as statm is
 * not on every kernel. */
static void sample(struct observed *observed, bool looked)
{
    const bool exact = observed->request->exact;
    int64_t anon_bytes = 0, outside_bytes = 0, file_bytes = 0;
    bool any = false;
    for (size_t i = 0; i < observed->count;) {
        int64_t rss = 0, anon = 0;
        struct member *member = &observed->members[i];
        if (procfs_read_statm(&member->procfs, &rss, &anon) < 0 || rss == 0) {
            procfs_close(&member->procfs);
            *member = observed->members[--observed->count];
            continue;
        }
        i++;
        if (member->leaves)
            continue;
        any = true;
        file_bytes += rss - anon;
        if (looked && member->anon_bytes >= 0)
            anon = member->anon_bytes;
        anon_bytes += anon;
        outside_bytes += member->outside_bytes < anon ? member->outside_bytes : anon;
    }
    if (!any)
        return;
    int64_t ms = (clock_now_ns() - observed->began_ns) / CLOCK_NS_PER_MS;
    if (exact && !looked) {
        put_off(observed, ms, anon_bytes);
        return;
    }
    note_pending(observed, anon_bytes, outside_bytes);
    note(observed, ms, anon_bytes, outside_bytes);
    observed->file_bytes = file_bytes > observed->file_bytes ? file_bytes : observed->file_bytes;
    observed->outside_bytes = outside_bytes;
}

/* `typed`: on the terminal, so that the kernel has told all of our group. */
static void ask_to_end(const struct observed *observed, bool typed)
{
    const pid_t group = observed->in_our_group ? getpgrp() : observed->process.pid;
    const bool told = typed || !observed->in_our_group;
    if (!observed->in_our_group)
        (void)kill(-group, SIGINT);
    for (size_t i = 0; i < observed->count; i++) /* those that left the group, too */
        if (!told || getpgid(observed->members[i].procfs.pid) != group)
            (void)kill(observed->members[i].procfs.pid, SIGINT);
}

/* `again`: a signal came. The first one asks; a second one, but not what comes along with the
 * first, has no patience. */
static void interrupt(struct observed *observed, bool again)
{
    struct signalfd_siginfo told;
    int64_t now_ns = clock_now_ns();
    const int64_t patience_ns = INTERRUPT_S * (int64_t)CLOCK_NS_PER_S;
    bool typed = false;
    while (again && read(observed->request->interrupt_fd, &told, sizeof told) > 0)
        typed |= told.ssi_code == SI_KERNEL; /* seen: the next one is news */
    if (observed->killed_ns == 0) {
        observed->killed_ns = now_ns + patience_ns;
        ask_to_end(observed, typed);
    } else if (again && now_ns > observed->killed_ns - patience_ns + CLOCK_NS_PER_S / 2) {
        observed->killed_ns = now_ns;
    }
    if (now_ns >= observed->killed_ns)
        orphans_kill();
}

/* The kernel keeps the largest RSS of a process. Asked before it leaves: what that touches of its
 * files, and what it gives back before, would be taken for memory it had. */
static int64_t most_resident(pid_t pid)
{
    char path[32], text[4096];
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    return procfs_slurp(AT_FDCWD, path, text, sizeof text) > 0 ? procfs_key(text, "VmHWM") : -1;
}

static void let_go(struct observed *observed, pid_t pid)
{
    if (pid == observed->process.pid)
        observed->most_bytes = most_resident(pid);
    for (size_t i = 0; i < observed->count; i++)
        observed->members[i].leaves |= observed->members[i].procfs.pid == pid;
}

/* Who waits at the door is looked at, and goes on. */
static void look_at_the_door(struct observed *observed)
{
    int fd = -1;
    while ((fd = observed_door_wait(observed->request->door)) >= 0) {
        struct ucred who = {.pid = -1};
        socklen_t size = sizeof who;
        (void)getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size);
        look_at_tree(observed);
        look_at_heaps(observed);
        sample(observed, true);
        let_go(observed, who.pid);
        (void)close(fd);
    }
}

/* A daemon that a command leaves behind is a part of it, and who waits for it must know that. */
static void tell_outlived(struct observed *observed, int64_t now_ns)
{
    char name[64] = "a process", what[192];
    const struct observed_request *request = observed->request;
    if (observed->ended_ns == 0 || observed->killed_ns != 0 || observed->count == 0 ||
        now_ns < observed->ended_ns + OUTLIVED_S * (int64_t)CLOCK_NS_PER_S)
        return;
    observed->ended_ns = 0;
    const struct procfs *procfs = &observed->members[0].procfs;
    if (procfs_slurp(procfs->dir_fd, "comm", name, sizeof name) > 0)
        name[strcspn(name, "\n")] = '\0';
    text_printable(name);
    (void)snprintf(what, sizeof what,
                   "the command has ended, but %s (process %d), which it started, goes on and is "
                   "waited for; Ctrl-C ends it",
                   name, (int)procfs->pid);
    if (request->progress)
        request->progress(what);
}

static void observe(struct observed *observed, struct observed_end *end)
{
    bool ended = false;
    while (!ended || observed->count > 0) {
        struct pollfd events[] = {
            {.fd = ended ? -1 : observed->process.pidfd, .events = POLLIN},
            {.fd = observed->request->interrupt_fd, .events = POLLIN},
            {.fd = observed->request->door ? observed->request->door->fd : -1, .events = POLLIN}};
        (void)poll(events, ARRAY_LENGTH(events), SAMPLE_MS);
        int64_t now_ns = clock_now_ns();
        if (!ended && process_end_seen(&observed->process) == 0) {
            ended = true;
            observed->ended_ns = now_ns;
        }
        if (observed->killed_ns || (events[1].revents & POLLIN))
            interrupt(observed, events[1].revents & POLLIN);
        if (now_ns >= observed->tree_ns || ended) {
            look_at_tree(observed);
            observed->tree_ns = now_ns + TREE_MS * (int64_t)CLOCK_NS_PER_MS;
        }
        if (events[2].revents & POLLIN)
            look_at_the_door(observed);
        bool due = now_ns >= observed->heap_ns;
        if (due)
            look_at_heaps(observed);
        sample(observed, due);
        tell_outlived(observed, now_ns);
    }
    end->wait_status = observed->process.wait_status;
    end->interrupted = observed->killed_ns != 0;
}

/* Of one that did not come to the door; libc's waitid(2) does not hand on what the kernel's tells.
 * It is the driver's own where that is larger (exec keeps it). */
static int64_t most_resident_ever(pid_t pid)
{
    struct rusage of, own;
    siginfo_t info;
    bool told = getrusage(RUSAGE_SELF, &own) == 0 &&
                syscall(SYS_waitid, P_PID, pid, &info, WEXITED | WNOWAIT | WNOHANG, &of) == 0 &&
                of.ru_maxrss > own.ru_maxrss;
    return told ? of.ru_maxrss * INT64_C(1024) : -1;
}

/* A peak between two looks: what was resident less the most that files ever had of it, so that it
 * is not too high. Of the first process alone. */
static void take_peak(const struct observed *observed)
{
    struct trace_run *run = observed->run;
    if (observed->request->exact || run->processes != 1)
        return;
    int64_t most_bytes = observed->most_bytes >= 0 ? observed->most_bytes
                                                   : most_resident_ever(observed->process.pid);
    int64_t anon_bytes = most_bytes - observed->file_bytes;
    if (anon_bytes <= run->peak_anon_bytes)
        return;
    run->peak_anon_bytes = anon_bytes;
    run->peak_heap_bytes = anon_bytes - observed->outside_bytes;
}

static int64_t children_cpu_ns(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_CHILDREN, &usage) < 0)
        return -1;
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * (int64_t)CLOCK_NS_PER_S +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * INT64_C(1000);
}

int observed_run(const struct observed_request *request, struct trace_run *out,
                 struct observed_end *out_end, struct err *err)
{
    static const int shared[] = {0, 1, 2};
    struct observed observed = {
        .request = request, .process = PROCESS_INIT, .run = out, .most_bytes = -1};
    AUTO(shared_terminal) struct shared_terminal terminal = {.there = false};
    if (!request->quiet)
        terminal = shared_terminal_keep();
    observed.in_our_group = terminal.there;
    out->start_heap_bytes = out->peak_heap_bytes = out->end_heap_bytes = -1;
    out->peak_anon_bytes = out->end_anon_bytes = -1;
    out->processes = 0;
    out->cores = out->exact = -1;
    int64_t cpu_ns = children_cpu_ns();
    observed.began_ns = clock_now_ns();
    int code = process_start(&observed.process,
                             &(struct process_spec){.path = request->path,
                                                    .argv = request->argv,
                                                    .environment = request->environment,
                                                    .stdio = shared,
                                                    .log_path = request->quiet ? "/dev/null" : NULL,
                                                    .cpu = -1,
                                                    .in_our_group = observed.in_our_group,
                                                    .plain = true},
                             err);
    if (code < 0)
        return code;
    look_at_tree(&observed);
    observe(&observed, out_end);
    out->elapsed_ns = clock_now_ns() - observed.began_ns;
    take_peak(&observed);
    process_release(&observed.process);
    out->cpu_ns = children_cpu_ns() - cpu_ns;
    free(observed.members);
    free(observed.pending);
    return 0;
}
