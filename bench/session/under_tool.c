#include "under_tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "folder.h"
#include "orphans.h"
#include "path.h"
#include "tool_left.h"

enum { LOOK_MS = 100 };

/* The words of both, one after the other. */
static char **join(char *const *prefix, char *const *command)
{
    size_t words = 0;
    size_t count = 0;
    while (prefix[words])
        words++;
    while (command[count])
        count++;
    char **argv = calloc(words + count + 1, sizeof *argv);
    if (!argv)
        abort();
    (void)memcpy(argv, prefix, words * sizeof *argv);
    (void)memcpy(argv + words, command, count * sizeof *argv);
    return argv;
}

int under_tool_find(const char *name, char *const *command, const struct tool **out,
                    struct err *err)
{
    const struct tool *tool = NULL;
    if (!*command)
        return err_set(err, -EINVAL, "no command to run under %s", name);
    int code = tool_named(name, &tool, err);
    if (code == 0)
        code = tool_available(tool, NULL, NULL, err);
    if (code < 0)
        return code;
    if (tool->detail || (!tool->elsewhere && (tool->program_suffix || tool->allocator)))
        return err_set(err, -EINVAL, "%s is for the programs of this project alone", tool->name);
    *out = tool;
    return 0;
}

int under_tool_folder(const struct tool *tool, const char *output, char out[PATHS_MAX],
                      struct err *err)
{
    char own[PATHS_MAX];
    (void)snprintf(own, sizeof own, "%s.%d", tool->name, (int)getpid());
    return folder_make_absolute(output ? output : own, out, err);
}

/* Become `command` under the tool. Returns only when that fails. */
static int become(const struct tool *tool, const char *folder, char *const *command,
                  struct err *err)
{
    char **prefix = tool_words_fill(tool->prefix, &(struct tool_words){.folder = folder});
    if (tool->elsewhere)
        (void)setenv("LD_PRELOAD", tool->elsewhere, 1);
    for (char **setting = tool_environment(tool, NULL, folder); *setting; setting++)
        (void)putenv(*setting);
    char **argv = join(prefix, command);
    if (!argv[0])
        return err_set(err, -EINVAL, "no command to run under %s", tool->name);
    (void)signal(SIGXFSZ, SIG_DFL);
    (void)execvp(argv[0], argv);
    return err_set(err, -errno, "%s: %s", argv[0], strerror(errno));
}

/* A signal of the terminal's has reached the command by itself; what was sent to us is passed on.
 */
static void pass_on(const struct interrupt *interrupt, pid_t process)
{
    struct signalfd_siginfo told;
    while (read(interrupt->fd, &told, sizeof told) == (ssize_t)sizeof told)
        if (told.ssi_code == SI_USER)
            (void)kill(process, (int)told.ssi_signo);
}

static bool reports_there(const struct tool *tool)
{
    for (size_t i = 0; i < TOOL_SOURCES_MAX && tool->sources[i].file; i++)
        if (strcmp(tool->sources[i].file, TOOL_LOG) == 0)
            return true;
    return false;
}

/* What the command says on standard error goes to a file, and from there to ours: a process that it
 * leaves behind may go on writing. -1: it has ours; else where to read on. */
static int log_open(const struct tool *tool, const char *folder, int *out_write, struct err *err)
{
    *out_write = -1;
    if (!reports_there(tool))
        return -1;
    AUTO_FREE char *path = path_join(folder, TOOL_LEFT_LOG);
    *out_write = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
    int fd = *out_write < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    return fd >= 0 ? fd : err_set(err, -errno, "%s: %s", path, strerror(errno));
}

static void log_pass(int fd)
{
    char text[4096];
    for (ssize_t length; fd >= 0 && (length = read(fd, text, sizeof text)) > 0;)
        (void)fwrite(text, 1, (size_t)length, stderr);
}

static void await_command(const struct interrupt *interrupt, int log_fd, struct under_tool_end *out)
{
    int pidfd = (int)syscall(SYS_pidfd_open, out->process, 0);
    struct pollfd waiting[] = {{.fd = pidfd, .events = POLLIN},
                               {.fd = interrupt->fd, .events = POLLIN}};
    while (waitpid(out->process, &out->wait_status, WNOHANG) == 0) {
        (void)poll(waiting, 2, pidfd < 0 || log_fd >= 0 ? LOOK_MS : -1);
        if (waiting[1].revents)
            pass_on(interrupt, out->process);
        log_pass(log_fd);
    }
    log_pass(log_fd);
    if (pidfd >= 0)
        (void)close(pidfd);
}

/* What it left behind is our child by now, and may leave others. */
static void await_left(const struct tool *tool, const struct interrupt *interrupt,
                       struct under_tool_end *out)
{
    struct pollfd waiting = {.fd = interrupt->fd, .events = POLLIN};
    out->left = out->running = orphans_count();
    if (out->left == 0 || !tool->follows_forks)
        return;
    (void)fprintf(stderr,
                  "the command has ended after %.1f s, but %zu of the processes that it started "
                  "run%s on under %s: waiting for the end; Ctrl-C leaves them alone\n",
                  (double)out->wall_ns / CLOCK_NS_PER_S, out->left, out->left == 1 ? "s" : "",
                  tool->name);
    while ((out->running = orphans_count()) > 0 && poll(&waiting, 1, LOOK_MS) <= 0)
        continue;
}

int under_tool_run(const struct tool *tool, const char *folder, char *const *command,
                   const struct interrupt *interrupt, struct under_tool_end *out, struct err *err)
{
    int64_t start_ns = clock_now_ns();
    AUTO_CLOSE int write_fd = -1;
    AUTO_CLOSE int log_fd = log_open(tool, folder, &write_fd, err);
    if (log_fd < -1)
        return log_fd;
    *out = (struct under_tool_end){.process = fork()};
    if (out->process < 0)
        return err_set(err, -errno, "fork: %s", strerror(errno));
    if (out->process == 0) {
        if (write_fd >= 0)
            (void)dup2(write_fd, STDERR_FILENO);
        (void)signal(SIGPIPE, SIG_DFL);
        (void)sigprocmask(SIG_SETMASK, &interrupt->before, NULL);
        (void)become(tool, folder, command, err);
        (void)fprintf(stderr, "%s\n", err->text);
        _exit(127);
    }
    await_command(interrupt, log_fd, out);
    out->wall_ns = clock_now_ns() - start_ns;
    await_left(tool, interrupt, out);
    return 0;
}
