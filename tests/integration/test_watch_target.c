/*
 * A process that does as it is told (grow, map, unmap, fork, die) and what is seen of it. Every
 * step is acknowledged by the process before it is looked at.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "mappings.h"
#include "watch_target.h"

enum { MIB = 1 << 20 };

struct helper {
    pid_t pid;
    int to, from;
};

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
    assert_int_equal(watch_target_read(target, &reading), 0);
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
    assert_in_range((after.anon_bytes - before.anon_bytes) / 1024, 8 * 1024 - 256, 8 * 1024 + 256);
    assert_in_range((after.rss_bytes - before.rss_bytes) / 1024, 8 * 1024 - 256, 9 * 1024);
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

static void test_refusals(void **state)
{
    (void)state;
    AUTO(watch_target) struct watch_target target = WATCH_TARGET_INIT;
    struct err err = ERR_INIT;
    assert_int_equal(watch_target_open(INT32_MAX, &target, &err), -ESRCH);
    assert_non_null(strstr(err.text, "there is no process"));
    if (access("/proc/2/stat", R_OK) == 0 && watch_target_open(2, &target, &err) < 0)
        assert_non_null(strstr(err.text, "kernel"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grows_and_dies),
        cmocka_unit_test(test_maps_and_unmaps),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
