#include "child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void become(const char *program, const char *const *arguments, int control_fd);
static void wait_readable(int fd, const char *for_what);

void child_start(struct child *child, const char *program, const char *const *arguments)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    child->pid = fork();
    assert_true(child->pid >= 0);
    if (child->pid == 0)
        become(program, arguments, pair[1]);
    (void)close(pair[1]);
    child->fd = pair[0];
}

void child_ask(struct child *child, const char *request)
{
    assert_int_equal(send(child->fd, request, strlen(request), MSG_NOSIGNAL),
                     (ssize_t)strlen(request));
}

void child_expect(struct child *child, const char *verb)
{
    for (;;) {
        wait_readable(child->fd, verb);
        int rc = control_receive(child->fd, &child->line);
        if (rc < 0)
            fail_msg("waiting for '%s': %s", verb, strerror(-rc));
        if (control_is(&child->line, verb))
            return;
        if (!control_is(&child->line, "option") && !control_is(&child->line, "progress"))
            fail_msg("waiting for '%s': '%s'", verb, child->line.text);
    }
}

int64_t child_value(const struct child *child, const char *key)
{
    int64_t value = 0;
    if (control_get_i64(&child->line, key, &value) < 0)
        fail_msg("no %s in '%s'", key, child->line.text);
    return value;
}

const char *child_text(const struct child *child, const char *key)
{
    static char text[CONTROL_LINE_MAX];
    if (control_get(&child->line, key, text, sizeof text) < 0)
        fail_msg("no %s in '%s'", key, child->line.text);
    return text;
}

int child_wait(struct child *child)
{
    int status = 0;
    int pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    assert_true(pidfd >= 0);
    wait_readable(pidfd, "the end of a process");
    (void)close(pidfd);
    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    (void)close(child->fd);
    child->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void child_signal(struct child *child, int number)
{
    assert_int_equal(kill(child->pid, number), 0);
}

void child_end(struct child *child)
{
    if (child->pid <= 0)
        return;
    (void)kill(child->pid, SIGKILL);
    (void)waitpid(child->pid, NULL, 0);
    (void)close(child->fd);
    child->pid = 0;
}

static void become(const char *program, const char *const *arguments, int control_fd)
{
    char path[4096], number[16];
    char *argv[CHILD_ARGUMENTS_MAX] = {path};
    (void)snprintf(path, sizeof path, "%s/%s", TEST_BIN_DIR, program);
    (void)snprintf(number, sizeof number, "%d", control_fd);
    for (int i = 0; arguments[i] && i + 2 < CHILD_ARGUMENTS_MAX; i++)
        argv[i + 1] = strdup(arguments[i]);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)fcntl(control_fd, F_SETFD, 0);
    (void)setenv(CONTROL_FD_ENV, number, 1);
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (!getenv("TEST_VERBOSE"))
        (void)dup2(nothing, STDERR_FILENO);
    (void)execv(path, argv);
    _exit(127);
}

static void wait_readable(int fd, const char *for_what)
{
    struct pollfd item = {.fd = fd, .events = POLLIN};
    int rc = 0;
    do
        rc = poll(&item, 1, CHILD_DEADLINE_MS);
    while (rc < 0 && errno == EINTR);
    if (rc != 1)
        fail_msg("nothing within %d ms: %s", CHILD_DEADLINE_MS, for_what);
}
