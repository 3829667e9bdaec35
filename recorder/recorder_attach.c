/* How a process comes to the file: once, in its first call, which may be before main, before libc
 * has an environment, and in any thread. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "recorder_thread.h"

enum phase { UNASKED, ATTACHING, ATTACHED, OFF };
enum { ANSWER_S = 5, ENVIRONMENT_MAX = 1 << 17 };

static uint32_t phase;
static pid_t attaching; /* thread */

/* A value of the environment the process was started with. `environ` is set by libc, which may not
 * have come to it. */
static bool started_with(const char *name, char *out, size_t size)
{
    static char text[ENVIRONMENT_MAX];
    size_t length = strlen(name);
    ssize_t bytes = 0;
    size_t have = 0;
    int fd = open("/proc/self/environ", O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && have < sizeof text - 1 &&
           (bytes = read(fd, text + have, sizeof text - 1 - have)) > 0)
        have += (size_t)bytes;
    if (fd >= 0)
        (void)close(fd);
    text[have] = '\0';
    for (const char *entry = text; entry < text + have; entry += strlen(entry) + 1) {
        if (strncmp(entry, name, length) != 0 || entry[length] != '=' ||
            strlen(entry + length + 1) >= size)
            continue;
        (void)memcpy(out, entry + length + 1, strlen(entry + length + 1) + 1);
        return out[0] != '\0';
    }
    return false;
}

static bool told(const char *name, char *out, size_t size)
{
    const char *value = environ ? getenv(name) : NULL;
    if (!environ)
        return started_with(name, out, size);
    if (!value || !*value || strlen(value) >= size)
        return false;
    (void)memcpy(out, value, strlen(value) + 1);
    return true;
}

static int connect_to(const char *path, bool abstract)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length == 0 || length + 1 >= sizeof address.sun_path)
        return -1;
    (void)memcpy(address.sun_path + abstract, path, length);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + abstract + length);
    const struct timeval patience = {.tv_sec = ANSWER_S};
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience); /* of connect(2) */
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (const struct sockaddr *)&address, size) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

/* The file's descriptor, or -1. */
static int receive_file(int socket_fd, struct recorder_welcome *out)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control = {.bytes = {0}};
    struct iovec part = {.iov_base = out, .iov_len = sizeof *out};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t length = -1;
    do
        length = recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC);
    while (length < 0 && errno == EINTR);
    const struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    int fd = -1;
    if (length == sizeof *out && rights && rights->cmsg_type == SCM_RIGHTS)
        (void)memcpy(&fd, CMSG_DATA(rights), sizeof fd);
    return fd;
}

static const char *attach_file(int socket_fd)
{
    struct recorder_welcome welcome = {.file_bytes = 0};
    int fd = receive_file(socket_fd, &welcome);
    if (fd < 0)
        return "it was not given the trace file (its limit of open files may be reached)";
    int code = recorder_file_map(fd, welcome.file_bytes);
    (void)close(fd);
    if (code == ENOMEM)
        return "its address space is limited (RLIMIT_AS): there is no room to map the trace file";
    if (code)
        return "the trace file could not be mapped";
    if (recorder_threads_begin() != 0)
        return "there is no memory for the recorder, or a kernel before Linux 4.14";
    return NULL;
}

static void settle(void)
{
    const struct trace_control *control = recorder_control;
    recorder_clock = &control->clock;
    recorder_find_least();
    if (control->touch_least_bytes == 0)
        return;
    size_t least = (size_t)control->touch_least_bytes;
    recorder_large_bytes = least < RECORDER_LARGE_LEAST ? RECORDER_LARGE_LEAST : least;
    (void)prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); /* a page that is resident was written */
}

static bool attach(void)
{
    char name[108];
    struct recorder_hello hello = {.image = 0};
    int socket_fd = told(RECORDER_NAME_ENV, name, sizeof name) ? connect_to(name, true) : -1;
    if (socket_fd < 0 && told(RECORDER_PATH_ENV, name, sizeof name))
        socket_fd = connect_to(name, false);
    if (socket_fd < 0)
        return false;
    const char *reason = attach_file(socket_fd);
    if (reason)
        (void)strncpy(hello.reason, reason, sizeof hello.reason - 1);
    else
        hello.image = recorder_image();
    (void)readlink("/proc/self/exe", hello.program, sizeof hello.program - 1);
    (void)send(socket_fd, &hello, sizeof hello, MSG_NOSIGNAL);
    (void)close(socket_fd);
    if (!reason)
        settle();
    return !reason;
}

static void attach_alone(void)
{
    sigset_t all, before;
    int cancelled_before = PTHREAD_CANCEL_ENABLE;
    __atomic_store_n(&attaching, gettid(), __ATOMIC_RELAXED);
    (void)sigfillset(&all);
    bool masked = pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE,
                                 &cancelled_before); /* malloc is no point */
    bool attached = attach();
    __atomic_store_n(&phase, attached ? ATTACHED : OFF, __ATOMIC_RELEASE);
    (void)pthread_setcancelstate(cancelled_before, NULL);
    if (masked)
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)syscall(SYS_futex, &phase, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

bool recorder_attached(void)
{
    uint32_t now = __atomic_load_n(&phase, __ATOMIC_ACQUIRE);
    if (now == UNASKED && __atomic_compare_exchange_n(&phase, &now, ATTACHING, false,
                                                      __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
        attach_alone();
        now = __atomic_load_n(&phase, __ATOMIC_ACQUIRE);
    }
    while (now == ATTACHING && __atomic_load_n(&attaching, __ATOMIC_RELAXED) != gettid()) {
        (void)syscall(SYS_futex, &phase, FUTEX_WAIT_PRIVATE, ATTACHING, NULL, NULL, 0);
        now = __atomic_load_n(&phase, __ATOMIC_ACQUIRE);
    }
    return now == ATTACHED;
}
