/*
 * procfs.c: parsers on text, and one look at ourselves with a known answer.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "procfs.h"

static void test_statm(void **state)
{
    (void)state;
    int64_t resident = 0;
    int64_t shared = 0;
    assert_int_equal(procfs_parse_statm("2331 1234 234 1 0 55 0\n", &resident, &shared), 0);
    assert_int_equal(resident, 1234);
    assert_int_equal(shared, 234);
    assert_int_equal(procfs_parse_statm("2331 1234", &resident, &shared), -EPROTO);
    assert_int_equal(procfs_parse_statm("", &resident, &shared), -EPROTO);
}

static void test_keys(void **state)
{
    (void)state;
    static const char text[] =
        "Name:\tVmHWM: 7 kB\nVmHWM:\t   68740 kB\nThreads:\t3\nVmHWMX: 1 kB\n";
    assert_int_equal(procfs_key(text, "VmHWM"), 68740LL * 1024);
    assert_int_equal(procfs_key(text, "Threads"), 3);
    assert_int_equal(procfs_key(text, "RssAnon"), RECORD_NA);
    assert_int_equal(procfs_key("VmHWM:", "VmHWM"), RECORD_NA);
    assert_int_equal(procfs_key("", "VmHWM"), RECORD_NA);
}

static void test_stat(void **state)
{
    (void)state;
    struct record_snapshot snapshot = {.taken = false};
    int64_t tick_ns = 1000000000LL / sysconf(_SC_CLK_TCK);
    assert_int_equal(
        procfs_parse_stat("42 (a) b (c)) S 1 42 42 0 -1 4194560 101 102 103 104 15 16 17 18 20",
                          &snapshot),
        0);
    assert_int_equal(snapshot.minor_faults, 101);
    assert_int_equal(snapshot.major_faults, 103);
    assert_int_equal(snapshot.cpu_user_ns, 15 * tick_ns);
    assert_int_equal(snapshot.cpu_system_ns, 16 * tick_ns);
    assert_int_equal(procfs_parse_stat("42 (a) S 1 42", &snapshot), -EPROTO);
    assert_int_equal(procfs_parse_stat("no parenthesis", &snapshot), -EPROTO);
}

/* Touch 64 MiB: anonymous RSS must rise by that within 2 %, and the peak must follow. */
static void test_known_growth(void **state)
{
    (void)state;
    enum { GROWTH = 64 << 20 };
    struct err err = ERR_INIT;
    AUTO(procfs) struct procfs procfs = PROCFS_INIT;
    struct record_snapshot snapshot = {.taken = false};
    int64_t rss = 0;
    int64_t before = 0;
    int64_t after = 0;
    assert_int_equal(procfs_open(getpid(), &procfs, &err), 0);
    assert_int_equal(procfs_reset_peak(&procfs), 0);
    assert_int_equal(procfs_read_statm(&procfs, &rss, &before), 0);
    char *block = mmap(NULL, GROWTH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(block, MAP_FAILED);
    (void)memset(block, 1, GROWTH);
    assert_int_equal(procfs_read_statm(&procfs, &rss, &after), 0);
    assert_in_range(after - before, GROWTH - GROWTH / 50, GROWTH + GROWTH / 50);
    assert_int_equal(munmap(block, GROWTH), 0);
    procfs_read_snapshot(&procfs, &snapshot);
    assert_true(snapshot.taken);
    assert_true(snapshot.rss_peak_bytes >= GROWTH);
    assert_true(snapshot.rss_bytes < GROWTH + before);
    assert_true(snapshot.cpu_ns > 0);
    assert_int_equal(snapshot.threads, 1);
}

static void test_gone(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct procfs procfs = PROCFS_INIT;
    assert_int_equal(procfs_open(0x3ffffff, &procfs, &err), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statm), cmocka_unit_test(test_keys),
        cmocka_unit_test(test_stat),  cmocka_unit_test(test_known_growth),
        cmocka_unit_test(test_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
