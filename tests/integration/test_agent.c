/*
 * The agent in programs that make it hard: how many processes announce themselves, what they
 * answer, and whether the program ends as it does without.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "agent.h"
#include "cleanup.h"
#include "clock.h"
#include "control.h"
#include "registry.h"

enum { PEERS_MAX = 16, GROWN_BYTES = 8192 * 1000 };

static const int64_t deadline_ns = 20LL * CLOCK_NS_PER_S;

struct heard {
    int fd;
    struct ucred who;
    struct control_line line; /* "ready" or "refused" */
};

/* Who listens, the program, and who has announced itself. */
struct host {
    char name[64];
    char folder[64];
    int named, at_path;
    int to, from;
    pid_t program;
    struct heard heard[PEERS_MAX];
    int count;
};

static int listen_at(const char *path, bool abstract)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)memcpy(address.sun_path + abstract, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + abstract + strlen(path));
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fd, PEERS_MAX), 0);
    return fd;
}

static void open_host(struct host *host)
{
    char path[96];
    *host = (struct host){.program = -1};
    (void)snprintf(host->name, sizeof host->name, "heapchurn-test-%d", (int)getpid());
    (void)snprintf(host->folder, sizeof host->folder, "/tmp/test_agent-XXXXXX");
    assert_non_null(mkdtemp(host->folder));
    assert_int_equal(chmod(host->folder, 0711), 0);
    (void)snprintf(path, sizeof path, "%s/socket", host->folder);
    host->named = listen_at(host->name, true);
    host->at_path = listen_at(path, false);
    assert_int_equal(chmod(path, 0777), 0);
}

static void run_program(struct host *host, const char *program, const char *mode,
                        const char *preload)
{
    int to[2];
    int from[2];
    char path[4096];
    assert_int_equal(pipe2(to, O_CLOEXEC), 0);
    assert_int_equal(pipe2(from, O_CLOEXEC), 0);
    host->program = fork();
    if (host->program == 0) {
        (void)dup2(to[0], STDIN_FILENO);
        (void)dup2(from[1], STDOUT_FILENO);
        (void)setenv("LD_PRELOAD", preload, 1);
        (void)setenv(AGENT_NAME_ENV, host->name, 1);
        (void)snprintf(path, sizeof path, "%s/socket", host->folder);
        (void)setenv(AGENT_PATH_ENV, path, 1);
        (void)snprintf(path, sizeof path, "%s/%s", TEST_BUILD_DIR, program);
        (void)execl(path, program, mode, (char *)NULL);
        _exit(127);
    }
    (void)close(to[0]);
    (void)close(from[1]);
    host->to = to[1];
    host->from = from[0];
}

static bool readable(int fd, int64_t until_ns)
{
    struct pollfd event = {.fd = fd, .events = POLLIN};
    return poll(&event, 1, clock_left_ms(until_ns)) > 0;
}

static void accept_one(struct host *host, int64_t until_ns)
{
    struct pollfd events[] = {{.fd = host->named, .events = POLLIN},
                              {.fd = host->at_path, .events = POLLIN}};
    struct heard *heard = &host->heard[host->count++];
    socklen_t size = sizeof heard->who;
    assert_true(poll(events, 2, clock_left_ms(until_ns)) > 0);
    heard->fd = accept4(events[0].revents ? host->named : host->at_path, NULL, NULL, SOCK_CLOEXEC);
    assert_true(heard->fd >= 0);
    assert_int_equal(getsockopt(heard->fd, SOL_SOCKET, SO_PEERCRED, &heard->who, &size), 0);
    do {
        assert_true(readable(heard->fd, until_ns));
        assert_int_equal(control_receive(heard->fd, &heard->line), 0);
    } while (control_is(&heard->line, "option"));
}

/* RECORD-like: -1 when the allocator does not tell. */
static int64_t ask_live(const struct heard *heard)
{
    struct control_line line;
    int64_t live = -1;
    control_begin(&line, "stats");
    assert_int_equal(control_send(heard->fd, &line), 0);
    assert_true(readable(heard->fd, clock_now_ns() + deadline_ns));
    assert_int_equal(control_receive(heard->fd, &line), 0);
    assert_true(control_is(&line, "stats"));
    (void)control_get_i64(&line, "live_bytes", &live);
    return live;
}

static int close_host(struct host *host)
{
    int status = 0;
    char path[96];
    (void)close(host->to);
    assert_int_equal(waitpid(host->program, &status, 0), host->program);
    (void)close(host->from);
    (void)close(host->named);
    (void)close(host->at_path);
    for (int i = 0; i < host->count; i++)
        (void)close(host->heard[i].fd);
    (void)snprintf(path, sizeof path, "%s/socket", host->folder);
    (void)unlink(path);
    (void)rmdir(host->folder);
    return status;
}

static const char *preload_of(const char *allocator, char *out, size_t size)
{
    const char *library = NULL;
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        if (strcmp(entry->allocator->name, allocator) == 0 && !entry->unavailable)
            library = entry->library;
    (void)snprintf(out, size, "%s/libheapchurn-agent.so%s%s", TEST_BIN_DIR, library ? ":" : "",
                   library ? library : "");
    return out;
}

struct hostile {
    const char *mode;
    int processes; /* that announce themselves, one after another */
    bool as_root;  /* can only be tried by root */
    bool silent;   /* the last one that announced itself is gone: what it became has no agent */
};

static const struct hostile hostiles[] = {
    {"plain", 1, false, false},          {"forks", 2, false, false},
    {"closes-all", 1, false, false},     {"takes-all-numbers", 1, false, false},
    {"no-descriptors", 2, false, false}, {"background", 3, false, false},
    {"executes", 2, false, false},       {"chroot", 2, true, false},
    {"nobody", 2, true, false},          {"no-network", 2, true, false},
    {"blocks-signals", 2, false, false}, {"clears", 1, false, true},
};

/* Every process of it answers, and says who it is; it ends as it should. */
static void try_hostile(const struct hostile *hostile, const char *allocator)
{
    struct host host;
    char text[4096];
    int64_t until_ns = clock_now_ns() + deadline_ns;
    print_message("%s under %s\n", hostile->mode, allocator);
    open_host(&host);
    run_program(&host, "agent_program", hostile->mode, preload_of(allocator, text, sizeof text));
    for (int i = 0; i < hostile->processes; i++)
        accept_one(&host, until_ns);
    for (int i = 0; i < host.count; i++) {
        const struct heard *heard = &host.heard[i];
        assert_true(control_is(&heard->line, "ready"));
        assert_int_equal(control_get(&heard->line, "allocator", text, sizeof text), 0);
        assert_string_equal(text, allocator);
        assert_int_equal(control_get(&heard->line, "began", text, sizeof text), 0);
        bool executed = i == 0 || strcmp(hostile->mode, "executes") == 0;
        assert_string_equal(text, executed ? "exec" : "fork");
    }
    struct control_line line;
    if (!hostile->silent)
        (void)ask_live(&host.heard[host.count - 1]);
    else if (readable(host.heard[0].fd, until_ns))
        assert_int_equal(control_receive(host.heard[0].fd, &line), -EPIPE);
    assert_int_equal(host.heard[0].who.pid, host.program);
    assert_int_equal(close_host(&host), 0);
}

static void test_hostile(void **state)
{
    (void)state;
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        for (size_t i = 0; i < ARRAY_LENGTH(hostiles) && !entry->unavailable; i++)
            if (!hostiles[i].as_root || geteuid() == 0)
                try_hostile(&hostiles[i], entry->allocator->name);
}

/* Live bytes move by what the program takes, as told by each allocator. */
static void test_live(void **state)
{
    (void)state;
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++) {
        struct host host;
        char text[4096];
        char letter = 'g';
        if (entry->unavailable)
            continue;
        open_host(&host);
        run_program(&host, "agent_program", "plain",
                    preload_of(entry->allocator->name, text, sizeof text));
        accept_one(&host, clock_now_ns() + deadline_ns);
        int64_t before = ask_live(&host.heard[0]);
        assert_int_equal(write(host.to, &letter, 1), 1);
        assert_int_equal(read(host.from, &letter, 1), 1);
        int64_t grown = ask_live(&host.heard[0]) - before;
        print_message("%s: %lld of %d\n", entry->allocator->name, (long long)grown, GROWN_BYTES);
        if (before >= 0)
            assert_true(grown >= GROWN_BYTES && grown < GROWN_BYTES / 100 * 108);
        assert_int_equal(close_host(&host), 0);
    }
}

/* Each allocator is asked to give back, but where the call would reach only its caller's heap. */
static void test_release(void **state)
{
    (void)state;
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++) {
        struct host host;
        struct control_line line;
        char text[4096];
        int64_t ns = -1;
        if (entry->unavailable)
            continue;
        open_host(&host);
        run_program(&host, "agent_program", "plain",
                    preload_of(entry->allocator->name, text, sizeof text));
        accept_one(&host, clock_now_ns() + deadline_ns);
        control_begin(&line, "release");
        assert_int_equal(control_send(host.heard[0].fd, &line), 0);
        assert_true(readable(host.heard[0].fd, clock_now_ns() + deadline_ns));
        assert_int_equal(control_receive(host.heard[0].fd, &line), 0);
        assert_true(control_is(&line, "released"));
        assert_int_equal(control_get(&line, "reach", text, sizeof text), 0);
        bool asked = control_get_i64(&line, "ns", &ns) == 0;
        assert_int_equal(asked, !entry->allocator->release_is_by_thread);
        assert_int_equal(strncmp(text, "it was not called: ", 19) != 0, asked);
        assert_int_equal(close_host(&host), 0);
    }
}

/* The agent's thread is one more: the process ends with its own last one all the same, status 0,
 * and what was registered for its end is done. */
static void test_main_leaves(void **state)
{
    (void)state;
    struct host host;
    char text[4096];
    char bye[4] = "";
    open_host(&host);
    run_program(&host, "agent_program", "main-leaves", preload_of("glibc", text, sizeof text));
    accept_one(&host, clock_now_ns() + deadline_ns);
    (void)ask_live(&host.heard[0]);
    (void)close(host.to);
    host.to = -1;
    assert_true(readable(host.from, clock_now_ns() + deadline_ns));
    assert_int_equal(read(host.from, bye, 3), 3);
    assert_string_equal(bye, "bye");
    assert_int_equal(close_host(&host), 0);
}

static void test_own_malloc(void **state)
{
    (void)state;
    struct host host;
    char text[4096];
    open_host(&host);
    run_program(&host, "agent_own_malloc", "", preload_of("glibc", text, sizeof text));
    accept_one(&host, clock_now_ns() + deadline_ns);
    assert_true(control_is(&host.heard[0].line, "refused"));
    assert_int_equal(control_get(&host.heard[0].line, "reason", text, sizeof text), 0);
    assert_string_equal(text, "the program brings its own malloc");
    assert_int_equal(close_host(&host), 0);
}

/* The driver goes; the program goes on, and nothing is told to a socket that is not there. */
static void test_driver_goes(void **state)
{
    (void)state;
    struct host host;
    char text[4096];
    char letter = 'g';
    open_host(&host);
    run_program(&host, "agent_program", "forks", preload_of("glibc", text, sizeof text));
    accept_one(&host, clock_now_ns() + deadline_ns);
    accept_one(&host, clock_now_ns() + deadline_ns);
    for (int i = 0; i < host.count; i++)
        (void)close(host.heard[i].fd);
    host.count = 0;
    assert_int_equal(write(host.to, &letter, 1), 1);
    assert_int_equal(read(host.from, &letter, 1), 1);
    assert_int_equal(close_host(&host), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile),    cmocka_unit_test(test_live),
        cmocka_unit_test(test_release),    cmocka_unit_test(test_main_leaves),
        cmocka_unit_test(test_own_malloc), cmocka_unit_test(test_driver_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
