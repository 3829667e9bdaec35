/*
 * The agent in programs that make it hard: how many processes announce themselves, what they
 * answer, and whether the program ends as it does without.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "agent_host.h"
#include "cleanup.h"
#include "clock.h"
#include "registry.h"

enum { GROWN_BYTES = 8192 * 1000 };

enum trait {
    PLAIN = 0,
    OWN_USERS = 128, /* needs the right to have them */
    AS_ROOT = 1,     /* can only be tried by root */
    EXECUTES = 2,    /* all that announce themselves were executed */
    LOSES_IT = 4,    /* the one that announced itself is gone: what it became has no agent */
    LANE = 8,        /* the last one speaks over shared memory */
    INSIDE_IS_1 = 16 /* the last one is 1 to itself */
};

struct hostile {
    const char *mode;
    int processes; /* that announce themselves, one after another; others are silent */
    unsigned traits;
};

/* Every case of the table that agents were chosen by, and what they do harm to. */
static const struct hostile hostiles[] = {
    {"plain", 1, PLAIN},
    {"forks", 2, PLAIN},
    {"fork-tree", 3, PLAIN},
    {"raw-fork", 1, PLAIN},
    {"vforks", 2, EXECUTES},
    {"spawns", 2, EXECUTES},
    {"executes", 2, EXECUTES},
    {"background", 3, PLAIN},
    {"closes-all", 1, PLAIN},
    {"takes-all-numbers", 1, PLAIN},
    {"no-descriptors", 2, PLAIN},
    {"little-space", 2, PLAIN},
    {"no-processes", 1, PLAIN},
    {"blocks-signals", 2, PLAIN},
    {"undumpable", 2, PLAIN},
    {"nobody", 2, AS_ROOT},
    {"chroot", 2, AS_ROOT},
    {"no-network", 2, AS_ROOT},
    {"jailed", 2, AS_ROOT | LANE},
    {"jailed-alone", 2, AS_ROOT | LANE | INSIDE_IS_1},
    {"counts-anew", 2, AS_ROOT | INSIDE_IS_1},
    {"own-users", 2, EXECUTES | OWN_USERS},
    {"filtered", 1, PLAIN},
    {"filtered-forks", 2, LANE},
    {"filtered-alone-forks", 2, LANE},
    {"no-write", 2, EXECUTES | LANE},
    {"no-threads", 1, PLAIN},
    {"clears", 1, LOSES_IT},
    {"own-preload", 1, LOSES_IT},
};

/* Not in a chroot, whoever asks. */
static bool may_have_own_users(void)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(unshare(CLONE_NEWUSER) == 0 ? 0 : 1);
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static void check_announced(const struct host *host, const struct hostile *hostile, int index,
                            const char *allocator)
{
    char text[4096];
    int64_t pid = 0;
    const struct heard *heard = &host->heard[index];
    bool last = index == hostile->processes - 1;
    assert_true(control_is(&heard->line, "ready"));
    assert_int_equal(control_get(&heard->line, "allocator", text, sizeof text), 0);
    assert_string_equal(text, allocator);
    assert_int_equal(control_get(&heard->line, "began", text, sizeof text), 0);
    assert_string_equal(text, index == 0 || hostile->traits & EXECUTES ? "exec" : "fork");
    assert_int_equal(control_get_i64(&heard->line, "pid", &pid), 0);
    assert_int_equal(pid, last && hostile->traits & INSIDE_IS_1 ? 1 : heard->pid);
    assert_true(index > 0 || heard->pid == host->program);
    if (hostile->traits & INSIDE_IS_1) /* translated: it is one of ours; others may have left */
        assert_true(getpgid(heard->pid) >= 0);
}

/* Every process of it answers, and says who it is; it ends as it should. */
static void try_hostile(const struct hostile *hostile, const char *allocator)
{
    struct host host;
    struct control_line line;
    int64_t until_ns = clock_now_ns() + HOST_DEADLINE_NS;
    print_message("%s under %s\n", hostile->mode, allocator);
    host_open(&host);
    host_run(&host, "agent_program", hostile->mode, host_library(allocator));
    for (int i = 0; i < hostile->processes; i++) {
        (void)host_await(&host, i, until_ns);
        check_announced(&host, hostile, i, allocator);
    }
    int last = hostile->processes - 1;
    if (hostile->traits & LOSES_IT) {
        assert_int_equal(host_hear(&host, host.heard[0].fd, &line, until_ns), -EPIPE);
    } else {
        (void)host_ask_live(&host, last);
        host_ask(&host, last, "release", "released", &line);
        (void)host_ask_live(&host, last);
    }
    bool by_lane = false;
    for (size_t i = 0; i < LANES; i++)
        by_lane = by_lane || host.agents.lanes.lane[i].fd >= 0;
    assert_int_equal(by_lane, (hostile->traits & LANE) != 0);
    assert_int_equal(host_close(&host), 0);
    assert_int_equal(host.count, hostile->processes);
}

static void test_hostile(void **state)
{
    (void)state;
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        for (size_t i = 0; i < ARRAY_LENGTH(hostiles) && !entry->unavailable; i++)
            if ((!(hostiles[i].traits & AS_ROOT) || geteuid() == 0) &&
                (!(hostiles[i].traits & OWN_USERS) || may_have_own_users()))
                try_hostile(&hostiles[i], entry->allocator->name);
}

/* Live bytes move by what the program takes, as told by each allocator. */
static void test_live(void **state)
{
    (void)state;
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++) {
        struct host host;
        char letter = 'g';
        if (entry->unavailable)
            continue;
        host_open(&host);
        host_run(&host, "agent_program", "plain", host_library(entry->allocator->name));
        (void)host_await(&host, 0, clock_now_ns() + HOST_DEADLINE_NS);
        int64_t before = host_ask_live(&host, 0);
        assert_int_equal(write(host.to, &letter, 1), 1);
        assert_int_equal(read(host.from, &letter, 1), 1);
        int64_t grown = host_ask_live(&host, 0) - before;
        print_message("%s: %lld of %d\n", entry->allocator->name, (long long)grown, GROWN_BYTES);
        if (before >= 0)
            assert_true(grown >= GROWN_BYTES && grown < GROWN_BYTES / 100 * 108);
        assert_int_equal(host_close(&host), 0);
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
        host_open(&host);
        host_run(&host, "agent_program", "plain", host_library(entry->allocator->name));
        (void)host_await(&host, 0, clock_now_ns() + HOST_DEADLINE_NS);
        host_ask(&host, 0, "release", "released", &line);
        assert_int_equal(control_get(&line, "reach", text, sizeof text), 0);
        bool asked = control_get_i64(&line, "ns", &ns) == 0;
        assert_int_equal(asked, !entry->allocator->release_is_by_thread);
        assert_int_equal(strncmp(text, "it was not called: ", 19) != 0, asked);
        assert_int_equal(host_close(&host), 0);
    }
}

/* The agent's thread is one more: the process ends with its own last one all the same, status 0,
 * and what was registered for its end is done. */
static void test_main_leaves(void **state)
{
    (void)state;
    struct host host;
    char bye[4] = "";
    host_open(&host);
    host_run(&host, "agent_program", "main-leaves", NULL);
    (void)host_await(&host, 0, clock_now_ns() + HOST_DEADLINE_NS);
    (void)host_ask_live(&host, 0);
    (void)close(host.to);
    host.to = -1;
    assert_true(host_readable(host.from, clock_now_ns() + HOST_DEADLINE_NS));
    assert_int_equal(read(host.from, bye, 3), 3);
    assert_string_equal(bye, "bye");
    assert_int_equal(host_close(&host), 0);
}

static void test_own_malloc(void **state)
{
    (void)state;
    struct host host;
    char text[4096];
    host_open(&host);
    host_run(&host, "agent_own_malloc", "", NULL);
    (void)host_await(&host, 0, clock_now_ns() + HOST_DEADLINE_NS);
    assert_true(control_is(&host.heard[0].line, "refused"));
    assert_int_equal(control_get(&host.heard[0].line, "reason", text, sizeof text), 0);
    assert_string_equal(text, "the program brings its own malloc");
    assert_int_equal(host_close(&host), 0);
}

/* The driver goes; the program goes on, and nothing is told to a socket that is not there. */
static void test_driver_goes(void **state)
{
    (void)state;
    struct host host;
    char letter = 'g';
    host_open(&host);
    host_run(&host, "agent_program", "forks", NULL);
    (void)host_await(&host, 1, clock_now_ns() + HOST_DEADLINE_NS);
    for (int i = 0; i < host.count; i++)
        (void)close(host.heard[i].fd);
    host.count = 0;
    assert_int_equal(write(host.to, &letter, 1), 1);
    assert_int_equal(read(host.from, &letter, 1), 1);
    assert_int_equal(host_close(&host), 0);
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
