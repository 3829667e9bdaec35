#include "command_output.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "cleanup.h"
#include "clock.h"

/* A file in memory: what is written to it can be read back without a pipe that fills up. */
static int memory_file(const char *text)
{
    int fd = memfd_create("tool", MFD_CLOEXEC);
    size_t length = text ? strlen(text) : 0;
    if (fd < 0 || write(fd, text, length) != (ssize_t)length || lseek(fd, 0, SEEK_SET) < 0) {
        cleanup_close(&fd);
        return -1;
    }
    return fd;
}

static char *contents(int fd)
{
    struct stat file;
    if (fstat(fd, &file) < 0)
        return NULL;
    char *text = malloc((size_t)file.st_size + 1);
    ssize_t length = text ? pread(fd, text, (size_t)file.st_size, 0) : -1;
    if (text)
        text[length > 0 ? length : 0] = '\0';
    return text;
}

static int start(const char *const *argv, int input, int output, int errors, pid_t *out_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    (void)sigemptyset(&none);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    (void)posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    (void)posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    int code = posix_spawnp(out_pid, argv[0], &actions, &attributes, (char *const *)(uintptr_t)argv,
                            environ);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    return -code;
}

/* The last line that is not empty, for an error sentence. */
static const char *last_words(char *text)
{
    size_t length = text ? strlen(text) : 0;
    while (length > 0 && text[length - 1] == '\n')
        text[--length] = '\0';
    const char *line = length ? strrchr(text, '\n') : NULL;
    return line ? line + 1 : length ? text : "no word";
}

/* It leads a group of its own, which holds what it has started itself. */
static int await(pid_t pid, int64_t deadline_ns, int interrupt_fd, int *out_status)
{
    AUTO_CLOSE int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd events[] = {{.fd = pidfd, .events = POLLIN},
                              {.fd = interrupt_fd, .events = POLLIN}};
    int code = 0;
    while (poll(events, 2, clock_left_ms(deadline_ns)) <= 0 && clock_now_ns() < deadline_ns)
        continue;
    if (!events[0].revents) {
        code = events[1].revents ? -EINTR : -ETIMEDOUT;
        (void)kill(-pid, SIGKILL);
    }
    while (waitpid(pid, out_status, 0) < 0 && errno == EINTR)
        continue;
    return code;
}

int command_output(const char *const *argv, const char *input, int64_t deadline_ns,
                   int interrupt_fd, char **out_text, struct err *err)
{
    AUTO_CLOSE int in = memory_file(input ? input : "");
    AUTO_CLOSE int out = memory_file("");
    AUTO_CLOSE int errors = memory_file("");
    pid_t pid = 0;
    int status = 0;
    if (in < 0 || out < 0 || errors < 0)
        return err_set(err, -errno, "%s: %s", argv[0], strerror(errno));
    int code = start(argv, in, out, errors, &pid);
    if (code < 0)
        return err_set(err, code, "%s: cannot be started: %s", argv[0], strerror(-code));
    code = await(pid, deadline_ns, interrupt_fd, &status);
    if (code < 0)
        return err_set(err, code, "%s %s; killed", argv[0],
                       code == -EINTR ? "was interrupted" : "did not end in time");
    *out_text = contents(out);
    AUTO_FREE char *said = contents(errors);
    if (!*out_text)
        return err_set(err, -ENOMEM, "out of memory");
    if (status != 0)
        return err_set(err, -EIO, "%s failed: %s", argv[0], last_words(said));
    return 0;
}

int command_exists(const char *name)
{
    const char *path = getenv("PATH");
    if (strchr(name, '/'))
        return access(name, X_OK) == 0;
    for (const char *at = path ? path : "/usr/bin:/bin"; *at; at += *at == ':') {
        char file[4096];
        size_t length = strcspn(at, ":");
        (void)snprintf(file, sizeof file, "%.*s/%s", (int)length, at, name);
        if (access(file, X_OK) == 0)
            return 1;
        at += length;
    }
    return 0;
}
