#include "agent_host.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "registry.h"
#include "words.h"

void host_open(struct host *host)
{
    struct err err = ERR_INIT;
    *host = (struct host){.program = -1};
    (void)snprintf(host->folder, sizeof host->folder, "/tmp/test_agent-XXXXXX");
    assert_non_null(mkdtemp(host->folder));
    assert_int_equal(chmod(host->folder, 0711), 0);
    assert_int_equal(agents_open(host->folder, &host->agents, &err), 0);
}

void host_run(struct host *host, const char *program, const char *mode, const char *library)
{
    int to[2];
    int from[2];
    char path[4096];
    struct err err = ERR_INIT;
    AUTO(words) struct words environment = {.count = 0};
    assert_int_equal(pipe2(to, O_CLOEXEC), 0);
    assert_int_equal(pipe2(from, O_CLOEXEC), 0);
    (void)snprintf(path, sizeof path, "%s/libheapchurn-agent.so", TEST_BIN_DIR);
    assert_int_equal(agents_environment(&host->agents, path, library, false, &environment, &err),
                     0);
    host->program = fork();
    if (host->program == 0) {
        (void)dup2(to[0], STDIN_FILENO);
        (void)dup2(from[1], STDOUT_FILENO);
        for (size_t i = 0; i < environment.count; i++)
            (void)putenv(environment.word[i]);
        (void)snprintf(path, sizeof path, "%s/%s", TEST_BUILD_DIR, program);
        (void)execl(path, program, mode, (char *)NULL);
        _exit(127);
    }
    (void)close(to[0]);
    (void)close(from[1]);
    host->to = to[1];
    host->from = from[0];
}

bool host_readable(int fd, int64_t until_ns)
{
    struct pollfd event = {.fd = fd, .events = POLLIN};
    return poll(&event, 1, clock_left_ms(until_ns)) > 0;
}

bool host_serve(struct host *host, int fd, int64_t until_ns)
{
    pid_t pid = 0;
    struct pollfd events[] = {{.fd = fd, .events = POLLIN},
                              {.fd = host->agents.fd, .events = POLLIN}};
    assert_true(poll(events, 2, clock_left_ms(until_ns)) > 0);
    for (int came; (came = agents_accept(&host->agents, &pid)) >= 0;) {
        assert_true(host->count < PEERS_MAX);
        host->heard[host->count++] = (struct heard){.fd = came, .pid = pid};
    }
    return events[0].revents != 0;
}

int host_hear(struct host *host, int fd, struct control_line *line, int64_t until_ns)
{
    while (!host_serve(host, fd, until_ns))
        continue;
    return control_receive(fd, line);
}

struct heard *host_await(struct host *host, int index, int64_t until_ns)
{
    while (host->count <= index)
        (void)host_serve(host, -1, until_ns);
    struct heard *heard = &host->heard[index];
    do
        assert_int_equal(host_hear(host, heard->fd, &heard->line, until_ns), 0);
    while (control_is(&heard->line, "option"));
    return heard;
}

void host_ask(struct host *host, int index, const char *verb, const char *answer,
              struct control_line *out)
{
    int fd = host->heard[index].fd;
    control_begin(out, verb);
    assert_int_equal(control_send(fd, out), 0);
    assert_int_equal(host_hear(host, fd, out, clock_now_ns() + HOST_DEADLINE_NS), 0);
    assert_true(control_is(out, answer));
}

int64_t host_ask_live(struct host *host, int index)
{
    struct control_line line;
    int64_t live = -1;
    host_ask(host, index, "stats", "stats", &line);
    (void)control_get_i64(&line, "live_bytes", &live);
    return live;
}

int host_close(struct host *host)
{
    int status = 0;
    (void)close(host->to);
    assert_int_equal(waitpid(host->program, &status, 0), host->program);
    (void)close(host->from);
    for (int i = 0; i < host->count; i++)
        (void)close(host->heard[i].fd);
    agents_close(&host->agents);
    assert_int_equal(rmdir(host->folder), 0);
    return status;
}

const char *host_library(const char *allocator)
{
    const char *library = NULL;
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        if (strcmp(entry->allocator->name, allocator) == 0 && !entry->unavailable)
            library = entry->library;
    return library;
}
