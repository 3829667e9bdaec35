#include "agents.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent.h"
#include "text.h"

enum { BACKLOG = 1024 };

static int listen_at(const char *path, bool abstract, int epoll_fd)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    struct epoll_event event = {.events = EPOLLIN};
    if (length + 1 >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    (void)memcpy(address.sun_path + abstract, path, length);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + abstract + length);
    if (fd < 0)
        return -errno;
    if (bind(fd, (const struct sockaddr *)&address, size) < 0 || listen(fd, BACKLOG) < 0 ||
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
        int code = -errno;
        (void)close(fd);
        return code;
    }
    return fd;
}

static int open_doors(const char *folder, struct agents *agents, struct err *err)
{
    uint64_t nonce = 0;
    (void)getrandom(&nonce, sizeof nonce, 0);
    (void)snprintf(agents->name, sizeof agents->name, "heapchurn-%d-%" PRIx64, (int)getpid(),
                   nonce);
    agents->fd = epoll_create1(EPOLL_CLOEXEC);
    agents->by_name_fd = agents->fd < 0 ? -errno : listen_at(agents->name, true, agents->fd);
    if (agents->by_name_fd < 0)
        return err_set(err, agents->by_name_fd, "cannot listen for agents: %s",
                       strerror(-agents->by_name_fd));
    int length = snprintf(agents->path, sizeof agents->path, "%s/agents", folder);
    agents->by_path_fd = length < (int)sizeof agents->path
                             ? listen_at(agents->path, false, agents->fd)
                             : -ENAMETOOLONG;
    /* A program that changes its user connects, too. */
    if (agents->by_path_fd < 0 || chmod(agents->path, 0777) < 0)
        agents->path[0] = '\0';
    return 0;
}

int agents_open(const char *folder, struct agents *out, struct err *err)
{
    struct epoll_event event = {.events = EPOLLIN};
    *out = AGENTS_INIT;
    int code = open_doors(folder, out, err);
    if (code == 0)
        code = agent_lanes_open(&out->lanes, err);
    if (code == 0 && epoll_ctl(out->fd, EPOLL_CTL_ADD, out->lanes.fd, &event) < 0)
        code = err_set(err, -errno, "cannot listen for agents: %s", strerror(errno));
    if (code < 0)
        agents_close(out);
    return code;
}

int agents_accept(struct agents *agents, pid_t *out_pid)
{
    const int doors[] = {agents->by_name_fd, agents->by_path_fd};
    for (size_t i = 0; i < ARRAY_LENGTH(doors); i++) {
        struct ucred who;
        socklen_t size = sizeof who;
        int fd = doors[i] < 0 ? -1 : accept4(doors[i], NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            continue;
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0) {
            *out_pid = who.pid;
            return fd;
        }
        (void)close(fd);
    }
    return agents->lanes.fd < 0 ? -EAGAIN : agent_lanes_accept(&agents->lanes, out_pid);
}

int agents_environment(const struct agents *agents, const char *agent, const char *library,
                       bool first, struct words *out, struct err *err)
{
    const char *const paths[] = {agent ? agent : "", library ? library : ""};
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++)
        if (strchr(paths[i], '/') && strpbrk(paths[i], " :")) /* else they are names, of several */
            return err_set(err, -EINVAL,
                           "%s cannot be preloaded: the loader takes a space or a colon for the "
                           "end of a path; move it to a path without",
                           paths[i]);
    if (agent || library)
        words_add(out, "LD_PRELOAD=%s%s%s", paths[0], agent && library ? ":" : "", paths[1]);
    if (!agent)
        return 0;
    if (first)
        words_add(out, AGENT_SCOPE_ENV "=first");
    words_add(out, AGENT_NAME_ENV "=%s", agents->name);
    if (agents->path[0])
        words_add(out, AGENT_PATH_ENV "=%s", agents->path);
    words_add(out, AGENT_LANES_ENV "=/proc/%d/fd/%d", (int)getpid(), agents->lanes.memory_fd);
    return 0;
}

void agents_close(struct agents *agents)
{
    cleanup_close(&agents->by_name_fd);
    cleanup_close(&agents->fd);
    if (agents->path[0] && agents->by_path_fd >= 0)
        (void)unlink(agents->path);
    cleanup_close(&agents->by_path_fd);
    agent_lanes_close(&agents->lanes);
    *agents = AGENTS_INIT;
}
