/*
 * role_tree: processes with memory that is known, looked at as one role.
 */
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "assert_between.h"
#include "clock.h"
#include "orphans.h"
#include "record_fields.h"
#include "role_tree.h"

enum { MIB = 1 << 20, CHILDREN = 10, HELD = 20 * MIB, WRITTEN = 5 * MIB, OWN = 4 * MIB };

static const struct process_tree nobody = {.count = 0};

static char *map(size_t bytes)
{
    char *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(start != MAP_FAILED);
    (void)madvise(start, bytes, MADV_NOHUGEPAGE);
    return start;
}

static void say(int fd)
{
    assert_int_equal(write(fd, "x", 1), 1);
}

static void hear(int fd, int times)
{
    char got;
    for (int i = 0; i < times; i++)
        assert_int_equal(read(fd, &got, 1), 1);
}

/* A worker writes to some of what it inherited, and to memory of its own. */
static void work(char *inherited, int said)
{
    (void)memset(inherited, 2, WRITTEN);
    (void)memset(map(OWN), 3, OWN);
    say(said);
    for (;;)
        (void)pause();
}

/* A server with workers, or none. It begins them when it is told to. */
static pid_t serve(int workers, int *out_told, int *out_said)
{
    int told[2], said[2];
    assert_int_equal(pipe(told) | pipe(said), 0);
    pid_t server = fork();
    if (server == 0) {
        char *held = map(HELD);
        (void)memset(held, 1, HELD);
        say(said[1]);
        hear(told[0], 1);
        for (int i = 0; i < workers; i++)
            if (fork() == 0)
                work(held, said[1]);
        hear(told[0], 1);
        _exit(0);
    }
    hear(said[0], 1);
    *out_told = told[1];
    *out_said = said[0];
    return server;
}

static struct record_sample look(struct role_tree *tree)
{
    struct record_sample sample;
    record_sample_init(&sample);
    role_tree_walk(tree, &nobody);
    assert_int_equal(role_tree_read_exact(tree, &sample), 0);
    return sample;
}

static void statm_says(struct role_tree *tree, const struct record_sample *exact)
{
    int64_t rss = 0, anon = 0;
    assert_int_equal(role_tree_read_statm(tree, &rss, &anon), 0);
    assert_between(rss, exact->rss_bytes - MIB, exact->rss_bytes + MIB);
    assert_between(anon, exact->rss_anon_bytes - MIB, exact->rss_anon_bytes + MIB);
}

static void test_shares(void **state)
{
    (void)state;
    struct role_tree tree = {.follows = true};
    struct record_snapshot snapshot;
    int told = -1, said = -1;
    pid_t server = serve(CHILDREN, &told, &said);
    assert_int_equal(role_tree_attach(&tree, server, NULL), 0);
    struct record_sample alone = look(&tree);
    assert_false(tree.several);
    assert_between(alone.rss_anon_bytes, HELD, HELD + MIB);
    say(told);
    hear(said, CHILDREN);
    struct record_sample all = look(&tree);
    assert_true(tree.several);
    assert_int_equal(role_tree_living(&tree), CHILDREN + 1);
    const int64_t known = CHILDREN * (int64_t)(WRITTEN + OWN);
    assert_between(all.rss_anon_bytes - alone.rss_anon_bytes, known - known / 50,
                   known + known / 50);
    statm_says(&tree, &all);
    role_tree_read_snapshot(&tree, &snapshot);
    assert_between(snapshot.rss_anon_bytes, all.rss_anon_bytes - MIB, all.rss_anon_bytes + MIB);
    assert_int_equal(snapshot.threads, CHILDREN + 1);
    assert_true(snapshot.cpu_ns > 0 && snapshot.minor_faults > known / 4096);
    /* The server ends; its workers are the role's all the same. */
    say(told);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)server, &info, WEXITED | WNOWAIT), 0);
    struct record_sample left = look(&tree);
    assert_int_equal(role_tree_living(&tree), CHILDREN);
    /* Of what each has written over nobody has the first state any more. */
    const int64_t rest = all.rss_anon_bytes - WRITTEN;
    assert_between(left.rss_anon_bytes, rest - MIB, rest + MIB);
    role_tree_close(&tree);
    orphans_end();
    (void)close(told);
    (void)close(said);
}

/* One process has the figures that the kernel has for it. */
static void test_one(void **state)
{
    (void)state;
    struct role_tree tree = {.follows = true};
    struct procfs procfs = PROCFS_INIT;
    struct record_sample own;
    int told = -1, said = -1;
    int64_t rss = 0, anon = 0, tree_rss = 0, tree_anon = 0;
    pid_t server = serve(0, &told, &said);
    assert_int_equal(role_tree_attach(&tree, server, NULL), 0);
    struct record_sample sample = look(&tree);
    assert_int_equal(procfs_open(server, &procfs, NULL), 0);
    record_sample_init(&own);
    assert_int_equal(
        procfs_read_rollup(&procfs, record_sample_fields, record_sample_field_count, &own), 0);
    assert_int_equal(sample.rss_bytes, own.rss_bytes);
    assert_int_equal(sample.rss_anon_bytes, own.rss_anon_bytes);
    assert_true(own.rss_bytes > own.pss_bytes);
    assert_int_equal(procfs_read_statm(&procfs, &rss, &anon), 0);
    assert_int_equal(role_tree_read_statm(&tree, &tree_rss, &tree_anon), 0);
    assert_true(rss == tree_rss && anon == tree_anon);
    procfs_close(&procfs);
    role_tree_close(&tree);
    orphans_end();
    (void)close(told);
    (void)close(said);
}

/* One that left its session, its group and its parent before anybody looked. */
static pid_t stray(void)
{
    int said[2];
    pid_t pid = 0;
    assert_int_equal(pipe(said), 0);
    pid_t child = fork();
    if (child == 0) {
        (void)setsid();
        if (fork() != 0)
            _exit(0);
        pid = getpid();
        (void)write(said[1], &pid, sizeof pid);
        for (;;)
            (void)pause();
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(read(said[0], &pid, sizeof pid), sizeof pid);
    (void)close(said[0]);
    (void)close(said[1]);
    return pid;
}

static void test_strays(void **state)
{
    (void)state;
    struct role_tree tree = {.follows = true};
    AUTO(process_tree) struct process_tree others = {.count = 0};
    int told = -1, said = -1;
    pid_t server = serve(0, &told, &said);
    assert_int_equal(role_tree_attach(&tree, server, NULL), 0);
    pid_t pid = stray(), parent = 0, group = 0;
    while (process_tree_parent(pid, &parent, &group) == 0 && parent != getpid())
        (void)sched_yield();
    process_tree_add(&others, group); /* of another role */
    role_tree_walk(&tree, &others);
    assert_int_equal(role_tree_living(&tree), 1);
    role_tree_walk(&tree, &nobody);
    assert_int_equal(role_tree_living(&tree), 2);
    assert_int_equal(tree.list[1].procfs.pid, pid);
    role_tree_close(&tree);
    orphans_end();
    (void)close(told);
    (void)close(said);
}

/* What 50 looks a second take of a core, of eleven processes. */
static void test_cost(void **state)
{
    (void)state;
    enum { LOOKS = 500, WALKS = 50, HZ = 50, WALK_HZ = 5 };
    struct role_tree tree = {.follows = true};
    int told = -1, said = -1;
    int64_t rss = 0, anon = 0;
    pid_t server = serve(CHILDREN, &told, &said);
    assert_int_equal(role_tree_attach(&tree, server, NULL), 0);
    say(told);
    hear(said, CHILDREN);
    (void)look(&tree);
    int64_t began_ns = clock_thread_cpu_ns();
    for (int i = 0; i < LOOKS; i++)
        assert_int_equal(role_tree_read_statm(&tree, &rss, &anon), 0);
    int64_t looked_ns = clock_thread_cpu_ns();
    for (int i = 0; i < WALKS; i++)
        role_tree_walk(&tree, &nobody);
    double share = ((double)(looked_ns - began_ns) / LOOKS * HZ +
                    (double)(clock_thread_cpu_ns() - looked_ns) / WALKS * WALK_HZ) /
                   CLOCK_NS_PER_S;
    print_message("a tree of %d processes at %d Hz: %.2f %% of a core\n", CHILDREN + 1, HZ,
                  100 * share);
    assert_true(share < 0.03);
    role_tree_close(&tree);
    orphans_end();
    (void)close(told);
    (void)close(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_strays),
        cmocka_unit_test(test_cost),
    };
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
