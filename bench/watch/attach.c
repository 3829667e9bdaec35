#include "attach.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "clock.h"
#include "command_output.h"
#include "control_lanes.h"
#include "patience.h"
#include "program_look.h"
#include "registry.h"
#include "temporary.h"
#include "text.h"
#include "words.h"

extern const char asset_attach[];

enum { SETTING_SIZE = 2048, GDB_S = 60 };

/* System calls in which a thread of libc's holds no lock of its. */
static const long waits[] = {
    SYS_read,         SYS_pread64,     SYS_readv,         SYS_write,           SYS_ppoll,
    SYS_pselect6,     SYS_epoll_pwait, SYS_accept,        SYS_accept4,         SYS_recvfrom,
    SYS_recvmsg,      SYS_sendto,      SYS_sendmsg,       SYS_connect,         SYS_nanosleep,
    SYS_wait4,        SYS_waitid,      SYS_rt_sigsuspend, SYS_rt_sigtimedwait, SYS_clock_nanosleep,
    SYS_io_getevents,
#ifdef SYS_poll
    SYS_poll,         SYS_select,      SYS_epoll_wait,    SYS_pause,
#endif
};

static int refuse(const struct watch_target *target, int code, const char *why, struct err *err)
{
    return err_set(err, code, "process %d (%s): %s", (int)target->pid, target->name, why);
}

/* The number behind "TracerPid:\t" and the like in status; -1. */
static int64_t status_number(const struct watch_target *target, const char *key)
{
    char text[8192];
    if (procfs_slurp(target->procfs.dir_fd, "status", text, sizeof text) <= 0)
        return -1;
    const char *at = strstr(text, key);
    return at ? strtoll(at + strlen(key), NULL, 10) : -1;
}

static char state_of(const struct watch_target *target)
{
    char text[4096];
    struct watch_stat stat;
    return procfs_slurp(target->procfs.dir_fd, "stat", text, sizeof text) > 0 &&
                   watch_parse_stat(text, &stat) == 0
               ? stat.state
               : '?';
}

/* The kernel asks the same for memory that may be written as for tracing. */
static int check_right(const struct watch_target *target, struct err *err)
{
    char scope[16] = "";
    char why[512];
    AUTO_CLOSE int memory = openat(target->procfs.dir_fd, "mem", O_RDWR | O_CLOEXEC);
    if (memory >= 0)
        return 0;
    AUTO_CLOSE int yama = open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC);
    if (yama < 0 || read(yama, scope, sizeof scope - 1) <= 0 || scope[0] == '0')
        return refuse(target, -EPERM,
                      "only its owner, or root, may trace it, and nobody else one that changed "
                      "its rights; run heapchurn as root",
                      err);
    (void)snprintf(why, sizeof why,
                   "kernel.yama.ptrace_scope is %c: it may not be traced%s; run heapchurn as root",
                   scope[0], scope[0] == '1' ? " but by its parent" : "");
    return refuse(target, -EPERM, why, err);
}

static int check_state(const struct watch_target *target, struct err *err)
{
    char why[128];
    int64_t tracer = status_number(target, "\nTracerPid:\t");
    char state = state_of(target);
    if (tracer > 0) {
        (void)snprintf(why, sizeof why, "process %d traces it already", (int)tracer);
        return refuse(target, -EBUSY, why, err);
    }
    if (state == 'T' || state == 't')
        return refuse(target, -EBUSY, "it is stopped; continue it first (kill -CONT)", err);
    (void)snprintf(why, sizeof why, "/proc/self/fd/%d/status", target->procfs.dir_fd);
    if (lanes_filters(why) > lanes_filters("/proc/self/status"))
        return refuse(target, -ENOTSUP,
                      "it is under a seccomp filter, which may end it for what the agent does",
                      err);
    return 0;
}

/* By the name of the agent's thread. */
static bool has_agent(const struct watch_target *target)
{
    char path[64];
    char name[32];
    bool found = false;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d/task", target->procfs.dir_fd);
    DIR *tasks = opendir(path);
    for (struct dirent *entry; tasks && !found && (entry = readdir(tasks)) != NULL;) {
        (void)snprintf(path, sizeof path, "task/%.20s/comm", entry->d_name);
        found = entry->d_name[0] != '.' &&
                procfs_slurp(target->procfs.dir_fd, path, name, sizeof name) > 0 &&
                strcmp(name, "heapchurn\n") == 0;
    }
    if (tasks)
        (void)closedir(tasks);
    return found;
}

/* What would be true of it at a start is true of it now, but rights: those are the tracer's. */
static int check_image(const struct watch_target *target, struct err *err)
{
    char path[64];
    char text[ERR_TEXT_MAX + 8];
    struct program_look look;
    struct err why = ERR_INIT;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d/exe", target->procfs.dir_fd);
    int code = program_look(path, &look, &why);
    if (code == -ENOTSUP && look.hindrance == PROGRAM_MORE_RIGHTS)
        return 0;
    if (code == 0)
        return 0;
    bool named = strncmp(why.text, path, strlen(path)) == 0; /* a path that nobody else has */
    (void)snprintf(text, sizeof text, "%s%s", named ? "it" : "",
                   why.text + (named ? strlen(path) : 0));
    return refuse(target, code == -ENOENT ? -ENOTSUP : code, text, err);
}

int attach_check(const struct watch_target *target, struct err *err)
{
    if (!command_exists("gdb"))
        return refuse(target, -ENOENT,
                      "the agent is put into it by gdb, which is not here; Debian: apt install gdb",
                      err);
    if (!command_exists("setsid"))
        return refuse(target, -ENOENT, "setsid is not here; Debian: apt install util-linux", err);
    int code = check_right(target, err);
    if (code == 0)
        code = check_state(target, err);
    if (code == 0)
        code = check_image(target, err);
    return code == 0 && has_agent(target)
               ? refuse(target, -EBUSY, "an agent is in it already: a run, or another watch", err)
               : code;
}

/* In a container or under another root it may not be, or be another. */
static int check_sees(const struct watch_target *target, const char *library, struct err *err)
{
    char path[PATH_MAX + 32];
    struct stat here, there;
    (void)snprintf(path, sizeof path, "root%s", library);
    if (stat(library, &here) < 0)
        return err_set(err, -errno, "%s: %s", library, strerror(errno));
    if (fstatat(target->procfs.dir_fd, path, &there, 0) == 0 && here.st_ino == there.st_ino &&
        here.st_dev == there.st_dev)
        return 0;
    return refuse(target, -ENOTSUP,
                  "it sees other files than heapchurn does (a container, or its own root): the "
                  "agent's library is not there; run heapchurn where it runs",
                  err);
}

static double within_s(void)
{
    return (double)patience_deadlines().answer_ns / CLOCK_NS_PER_S;
}

static void add_numbers(struct words *out)
{
    char text[SETTING_SIZE] = "";
    size_t used = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(waits); i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%ld ", waits[i]);
    words_add(out, "HEAPCHURN_ATTACH_WAITS=%s", text);
    words_add(out, "HEAPCHURN_ATTACH_FUTEX=%ld", (long)SYS_futex);
    used = 0;
    text[0] = '\0';
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        used += (size_t)snprintf(text + used, sizeof text - used, "lib%s ", entry->allocator->name);
    words_add(out, "HEAPCHURN_ATTACH_ALLOCATORS=%s", text);
}

/* gdb has a session of its own: what ends us does not end it in the middle. */
static int run_gdb(const struct watch_target *target, const char *script, const char *library,
                   const struct agents *agents, char **out_said, struct err *err)
{
    AUTO(words) struct words words = {.count = 0};
    words_add(&words, "setsid");
    words_add(&words, "--wait");
    words_add(&words, "env");
    words_add(&words, "HEAPCHURN_ATTACH_PID=%d", (int)target->pid);
    words_add(&words, "HEAPCHURN_ATTACH_LIBRARY=%s", library);
    words_add(&words, "HEAPCHURN_ATTACH_FUNCTION=heapchurn_agent_attach");
    words_add(&words, "HEAPCHURN_ATTACH_ARGUMENTS=%s\n%s", agents->name, agents->path);
    words_add(&words, "HEAPCHURN_ATTACH_WITHIN=%.2f", within_s());
    add_numbers(&words);
    words_add(&words, "gdb");
    words_add(&words, "-nx");
    words_add(&words, "-q");
    words_add(&words, "-batch");
    words_add(&words, "-x");
    words_add(&words, "%s", script);
    const union {
        char **in;
        const char *const *out;
    } argv = {.in = words.word};
    return command_output(argv.out, NULL, clock_now_ns() + GDB_S * (int64_t)CLOCK_NS_PER_S, -1,
                          out_said, err);
}

/* Without its end. */
static char *last_line(char *said)
{
    size_t length = strlen(said);
    while (length > 0 && said[length - 1] == '\n')
        said[--length] = '\0';
    char *line = strrchr(said, '\n');
    line = line ? line + 1 : said;
    text_printable(line);
    return line;
}

static int understand(const struct watch_target *target, char *said, double *out_stopped_s,
                      struct err *err)
{
    char why[ATTACH_ANSWER_MAX];
    char *line = last_line(said);
    if (sscanf(line, "attached %lf", out_stopped_s) == 1)
        return 0;
    if (strncmp(line, "busy ", 5) == 0) {
        (void)snprintf(why, sizeof why,
                       "within %.1f s there was no moment at which the agent could be put into it "
                       "safely: %s; try again when it is less busy",
                       within_s(), line + 5);
        return refuse(target, -EBUSY, why, err);
    }
    (void)snprintf(why, sizeof why, "the agent could not be put into it: %s",
                   strncmp(line, "failed ", 7) == 0 ? line + 7
                   : line[0]                        ? line
                                                    : "gdb said nothing (has it Python?)");
    return refuse(target, -EIO, why, err);
}

static int write_script(const char *folder, char *out, size_t size, struct err *err)
{
    (void)snprintf(out, size, "%s/attach.py", folder);
    AUTO_FCLOSE FILE *script = fopen(out, "we");
    return !script || fputs(asset_attach, script) < 0 || fflush(script) != 0
               ? err_set(err, -errno, "%s: %s", out, strerror(errno))
               : 0;
}

int attach_agent(const struct watch_target *target, const char *library,
                 const struct agents *agents, double *out_stopped_s, struct err *err)
{
    char folder[PATH_MAX];
    char script[PATH_MAX + 16];
    AUTO_FREE char *said = NULL;
    int code = check_sees(target, library, err);
    if (code == 0)
        code = temporary_open("attach", folder, sizeof folder, err);
    if (code < 0)
        return code;
    code = write_script(folder, script, sizeof script, err);
    if (code == 0)
        code = run_gdb(target, script, library, agents, &said, err);
    temporary_remove(folder);
    char state = state_of(target);
    if (state == 'T' || state == 't')
        (void)kill(target->pid, SIGCONT);
    if (code < 0 || !said)
        return code < 0 ? code : err_set(err, -EIO, "gdb said nothing");
    return understand(target, said, out_stopped_s, err);
}
