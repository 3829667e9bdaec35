/*
 * A process that does as it is told (grow, map, unmap, fork, die) and what is seen of it. Every
 * step is acknowledged by the process before it is looked at.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "assert_between.h"
#include "mappings.h"
#include "watch_target.h"
#include "watch_tree.h"

enum { MIB = 1 << 20 };

struct helper {
    pid_t pid;
    int to, from;
};

static void *wait_for_ever(void *unused)
{
    for (;;)
        (void)pause();
    return unused;
}

static void obey(int in, int out)
{
    char *mapped = NULL;
    char order = '\0';
    while (read(in, &order, 1) == 1) {
        if (order == 'g') /* no allocator in between, whose own pages would be seen too */
            (void)mmap(NULL, MIB, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
        if (order == 'm')
            mapped = mmap(NULL, 4 * MIB, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
        if (order == 'u')
            (void)munmap(mapped, 4 * MIB);
        if (order == 'f' && fork() == 0)
            _exit(0);
        if (order == 'F' && fork() == 0) {
            (void)close(in); /* so that its parent's end is seen */
            (void)close(out);
            (void)wait_for_ever(NULL);
        }
        if (order == 'x')
            _exit(0);
        if (write(out, &order, 1) != 1)
            break;
    }
    _exit(1);
}

static struct helper helper_start(void)
{
    int to[2];
    int from[2];
    assert_int_equal(pipe(to), 0);
    assert_int_equal(pipe(from), 0);
    struct helper helper = {.pid = fork(), .to = to[1], .from = from[0]};
    assert_true(helper.pid >= 0);
    if (helper.pid == 0) {
        (void)close(to[1]);
        (void)close(from[0]);
        obey(to[0], from[1]);
    }
    (void)close(to[0]);
    (void)close(from[1]);
    return helper;
}

static void order(const struct helper *helper, char what)
{
    char answer = '\0';
    assert_int_equal(write(helper->to, &what, 1), 1);
    if (what == 'x') /* its end of the pipe goes with it */
        assert_int_equal(read(helper->from, &answer, 1), 0);
    else
        assert_int_equal(read(helper->from, &answer, 1), 1);
}

static struct watch_reading look(const struct watch_target *target)
{
    struct watch_reading reading;
    AUTO(mappings) struct mappings mappings = {.count = 0};
    assert_int_equal(watch_target_read_mappings(target, &reading, &mappings), 0);
    assert_int_equal(reading.hidden_error, 0);
    assert_true(reading.stack_bytes > 0);
    assert_true(reading.pss_bytes > 0 && reading.pss_bytes <= reading.rss_bytes + MIB);
    return reading;
}

/* Growth to within what the kernel batches: 256 KiB. */
static void test_grows_and_dies(void **state)
{
    (void)state;
    struct helper helper = helper_start();
    AUTO(watch_target) struct watch_target target = WATCH_TARGET_INIT;
    struct err err = ERR_INIT;
    char end[256];
    assert_int_equal(watch_target_open(helper.pid, &target, &err), 0);
    order(&helper, 'g'); /* the pages that it touches for the first time are its own by now */
    struct watch_reading before = look(&target);
    for (int i = 0; i < 8; i++)
        order(&helper, 'g');
    struct watch_reading after = look(&target);
    assert_between((after.anon_bytes - before.anon_bytes) / 1024, 8 * 1024 - 256, 8 * 1024 + 256);
    assert_between((after.rss_bytes - before.rss_bytes) / 1024, 8 * 1024 - 256, 9 * 1024);
    order(&helper, 'f'); /* a child of it is nothing of it */
    assert_int_equal(look(&target).threads, 1);
    order(&helper, 'x');
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)helper.pid, &info, WEXITED | WNOWAIT), 0);
    struct watch_reading reading;
    assert_int_equal(watch_target_read(&target, &reading), -ESRCH);
    assert_non_null(strstr(watch_target_end(&target, end, sizeof end), "zombie"));
    AUTO(watch_target) struct watch_target zombie = WATCH_TARGET_INIT;
    assert_true(watch_target_open(helper.pid, &zombie, &err) < 0);
    assert_non_null(strstr(err.text, "zombie"));
    assert_int_equal(waitpid(helper.pid, NULL, 0), helper.pid);
    assert_int_equal(watch_target_read(&target, &reading), -ESRCH);
    assert_non_null(strstr(watch_target_end(&target, end, sizeof end), "has ended"));
    assert_true(watch_target_open(helper.pid, &zombie, &err) < 0);
    (void)close(helper.to);
    (void)close(helper.from);
}

static int64_t tree_rss(struct watch_tree *tree)
{
    struct watch_reading reading;
    assert_int_equal(watch_tree_read(tree, &reading), 0);
    return reading.rss_bytes;
}

/* What a child shares with its parent counts once; it stays in the tree when its parent has ended,
 * and the tree ends with it. */
static void test_tree(void **state)
{
    (void)state;
    struct helper helper = helper_start();
    struct watch_target root = WATCH_TARGET_INIT;
    AUTO(watch_tree) struct watch_tree tree = {.count = 0};
    struct watch_reading reading;
    assert_int_equal(watch_target_open(helper.pid, &root, NULL), 0);
    watch_tree_open(&root, &tree);
    for (int i = 0; i < 16; i++)
        order(&helper, 'g');
    int64_t alone = tree_rss(&tree);
    order(&helper, 'F');
    int64_t both = tree_rss(&tree);
    assert_int_equal(tree.count, 2);
    assert_true(alone > 16 * MIB && both > 16 * MIB && both < alone + 2 * MIB);
    order(&helper, 'x');
    assert_int_equal(waitpid(helper.pid, NULL, 0), helper.pid);
    assert_true(tree_rss(&tree) > 16 * MIB);
    assert_true(tree.list[0].ended && !tree.list[1].ended);
    pid_t child = tree.list[1].target.pid;
    assert_int_equal(kill(child, SIGKILL), 0);
    struct pollfd ended = {.fd = tree.list[1].target.pidfd, .events = POLLIN};
    assert_int_equal(poll(&ended, 1, -1), 1);
    assert_int_equal(watch_tree_read(&tree, &reading), -ESRCH);
    assert_true(tree.list[1].pss_last_bytes > 0);
    (void)close(helper.to);
    (void)close(helper.from);
}

/* The largest change between two looks. */
static struct mapping_change change_by(const struct helper *helper,
                                       const struct watch_target *target, char what)
{
    AUTO(mappings) struct mappings before = {.count = 0};
    AUTO(mappings) struct mappings after = {.count = 0};
    AUTO(mapping_changes) struct mapping_changes changes = {.count = 0};
    assert_int_equal(mappings_read(target->procfs.dir_fd, &before, NULL), 0);
    order(helper, what);
    assert_int_equal(mappings_read(target->procfs.dir_fd, &after, NULL), 0);
    mappings_compare(&before, &after, &changes);
    assert_true(changes.count > 0);
    return changes.list[0];
}

static void test_maps_and_unmaps(void **state)
{
    (void)state;
    struct helper helper = helper_start();
    AUTO(watch_target) struct watch_target target = WATCH_TARGET_INIT;
    assert_int_equal(watch_target_open(helper.pid, &target, NULL), 0);
    struct mapping_change mapped = change_by(&helper, &target, 'm');
    assert_int_equal(mapped.rss_after - mapped.rss_before, 4 * MIB);
    assert_int_equal(mapped.size_after - mapped.size_before, 4 * MIB);
    assert_int_equal(mapped.kind, MAPPING_ANONYMOUS);
    struct mapping_change unmapped = change_by(&helper, &target, 'u');
    assert_int_equal(unmapped.rss_after - unmapped.rss_before, -4 * MIB);
    order(&helper, 'x');
    assert_int_equal(waitpid(helper.pid, NULL, 0), helper.pid);
    struct mappings gone;
    assert_true(mappings_read(target.procfs.dir_fd, &gone, NULL) < 0);
    (void)close(helper.to);
    (void)close(helper.from);
}

/* What a look from another process, without more rights than the one looked at, is refused. */
struct refusal {
    int hidden_error;
    int mappings_code;
    int64_t uid;
    char why[128];
};

static void look_as(uid_t uid, pid_t pid, int out)
{
    AUTO(watch_target) struct watch_target target = WATCH_TARGET_INIT;
    AUTO(mappings) struct mappings mappings = {.count = 0};
    struct watch_reading reading = {.hidden_error = -1};
    struct refusal refusal = {.hidden_error = -1};
    if (setresuid(uid, uid, uid) < 0 || watch_target_open(pid, &target, NULL) < 0 ||
        watch_target_read_mappings(&target, &reading, &mappings) < 0)
        _exit(1);
    refusal.hidden_error = reading.hidden_error;
    refusal.mappings_code = mappings_read(target.procfs.dir_fd, &mappings, NULL);
    refusal.uid = target.uid;
    (void)strncpy(refusal.why, watch_target_hidden(&target), sizeof refusal.why - 1);
    _exit(write(out, &refusal, sizeof refusal) == (ssize_t)sizeof refusal ? 0 : 1);
}

/* A process that nobody but root may trace, looked at by its own user. Its folder in /proc is
 * root's then, but not the process. */
static void test_not_traceable(void **state)
{
    (void)state;
    uid_t uid = geteuid() == 0 ? 65534 : geteuid();
    struct refusal refusal;
    int ready[2];
    int told[2];
    char word = '\0';
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(told), 0);
    pid_t closed = fork();
    if (closed == 0) {
        bool done = setresuid(uid, uid, uid) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0;
        (void)write(ready[1], done ? "r" : "x", 1);
        (void)wait_for_ever(NULL);
    }
    assert_int_equal(read(ready[0], &word, 1), 1);
    assert_int_equal(word, 'r');
    pid_t looker = fork();
    if (looker == 0)
        look_as(uid, closed, told[1]);
    assert_int_equal(read(told[0], &refusal, sizeof refusal), sizeof refusal);
    assert_int_equal(refusal.hidden_error, EACCES);
    assert_int_equal(refusal.mappings_code, -EACCES);
    assert_int_equal(refusal.uid, uid);
    assert_non_null(strstr(refusal.why, "forbids to trace it"));
    assert_int_equal(waitpid(looker, NULL, 0), looker);
    assert_int_equal(kill(closed, SIGKILL), 0);
    assert_int_equal(waitpid(closed, NULL, 0), closed);
    for (int i = 0; i < 2; i++) {
        (void)close(ready[i]);
        (void)close(told[i]);
    }
}

static char state_of(pid_t pid)
{
    char path[64];
    char text[1024];
    struct watch_stat stat;
    (void)snprintf(path, sizeof path, "/proc/%d", (int)pid);
    AUTO_CLOSE int folder = open(path, O_RDONLY | O_DIRECTORY);
    assert_true(procfs_slurp(folder, "stat", text, sizeof text) > 0);
    assert_int_equal(watch_parse_stat(text, &stat), 0);
    return stat.state;
}

/* Its memory lives on, but /proc/PID shows none. */
static void test_lost_its_main_thread(void **state)
{
    (void)state;
    AUTO(watch_target) struct watch_target target = WATCH_TARGET_INIT;
    struct err err = ERR_INIT;
    pid_t pid = fork();
    if (pid == 0) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, wait_for_ever, NULL) != 0)
            _exit(1);
        pthread_exit(NULL);
    }
    while (state_of(pid) != 'Z')
        (void)sched_yield();
    assert_int_equal(watch_target_open(pid, &target, &err), -ESRCH);
    assert_non_null(strstr(err.text, "has lost its main thread"));
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static _Atomic uintptr_t stack; /* an address in that of a thread */

static void *tell_and_wait(void *unused)
{
    stack = (uintptr_t)__builtin_frame_address(0);
    return wait_for_ever(unused);
}

/* Of this process: the stack of a thread that waits has its kind. A thread is no process. */
static void test_threads(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(watch_target) struct watch_target target = WATCH_TARGET_INIT;
    AUTO_CLOSE int self = open("/proc/self", O_RDONLY | O_DIRECTORY);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, tell_and_wait, NULL), 0);
    for (enum mapping_kind kind = MAPPING_FILE; kind != MAPPING_STACK;) {
        AUTO(mappings) struct mappings mappings = {.count = 0};
        assert_int_equal(mappings_read(self, &mappings, NULL), 0);
        assert_int_equal(mappings.stacks_error, 0);
        for (size_t i = 0; i < mappings.count; i++)
            if (mappings.list[i].start <= stack && stack < mappings.list[i].end)
                kind = mappings.list[i].kind;
    }
    AUTO_CLOSE int tasks = open("/proc/self/task", O_RDONLY | O_DIRECTORY);
    DIR *list = fdopendir(dup(tasks));
    assert_non_null(list);
    pid_t number = 0;
    for (struct dirent *entry; (entry = readdir(list)) != NULL;)
        if (strtol(entry->d_name, NULL, 10) != getpid() && entry->d_name[0] != '.')
            number = (pid_t)strtol(entry->d_name, NULL, 10);
    (void)closedir(list);
    assert_int_equal(watch_target_open(number, &target, &err), -EINVAL);
    assert_non_null(strstr(err.text, "is a thread; watch its process"));
    (void)pthread_cancel(thread);
    (void)pthread_join(thread, NULL);
}

static void test_refusals(void **state)
{
    (void)state;
    AUTO(watch_target) struct watch_target target = WATCH_TARGET_INIT;
    struct err err = ERR_INIT;
    assert_int_equal(watch_target_open(INT32_MAX, &target, &err), -ESRCH);
    assert_non_null(strstr(err.text, "there is no process"));
    assert_int_equal(target.pidfd, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grows_and_dies), cmocka_unit_test(test_maps_and_unmaps),
        cmocka_unit_test(test_not_traceable),  cmocka_unit_test(test_lost_its_main_thread),
        cmocka_unit_test(test_threads),        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
