/*
 * procfs.c: parsers on text, and one look at ourselves with a known answer.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "assert_between.h"
#include "procfs.h"
#include "record_fields.h"
#include "statm_error.h"

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
                          false, &snapshot),
        0);
    assert_int_equal(snapshot.minor_faults, 101);
    assert_int_equal(snapshot.major_faults, 103);
    assert_int_equal(snapshot.cpu_user_ns, 15 * tick_ns);
    assert_int_equal(snapshot.cpu_system_ns, 16 * tick_ns);
    assert_int_equal(
        procfs_parse_stat("42 (a) b (c)) S 1 42 42 0 -1 4194560 101 102 103 104 15 16 17 18 20",
                          true, &snapshot),
        0);
    assert_int_equal(snapshot.minor_faults, 101 + 102);
    assert_int_equal(snapshot.major_faults, 103 + 104);
    assert_int_equal(snapshot.cpu_user_ns, (15 + 17) * tick_ns);
    assert_int_equal(snapshot.cpu_system_ns, (16 + 18) * tick_ns);
    assert_int_equal(procfs_parse_stat("42 (a) S 1 42", false, &snapshot), -EPROTO);
    assert_int_equal(procfs_parse_stat("no parenthesis", false, &snapshot), -EPROTO);
}

/* Every column of samples that is a line of smaps_rollup is read from it, and no other is. */
static void test_rollup(void **state)
{
    (void)state;
    struct record_sample sample;
    record_sample_init(&sample);
    sample.elapsed_ns = 77;
    procfs_parse_rollup("00400000-7fff ---p 00000000 00:00 0    [rollup]\n"
                        "Rss:                3000 kB\n"
                        "Pss:                2500 kB\n"
                        "Pss_Anon:           1900 kB\n"
                        "Anonymous:          2000 kB\n",
                        record_sample_fields, record_sample_field_count, &sample);
    assert_int_equal(sample.rss_bytes, 3000 * 1024);
    assert_int_equal(sample.rss_anon_bytes, 2000 * 1024);
    assert_int_equal(sample.pss_bytes, 2500 * 1024);
    assert_int_equal(sample.elapsed_ns, 77);
    procfs_parse_shares("Rss: 3000 kB\nPss: 2500 kB\nPss_Anon: 1900 kB\nAnonymous: 2000 kB\n"
                        "LazyFree: 8 kB\nSwap: 40 kB\nSwapPss: 20 kB\n",
                        record_sample_fields, record_sample_field_count, &sample);
    assert_int_equal(sample.rss_bytes, 2500 * 1024);
    assert_int_equal(sample.rss_anon_bytes, 1900 * 1024);
    assert_int_equal(sample.pss_bytes, 2500 * 1024);
    assert_int_equal(sample.lazy_free_bytes, 8 * 1024);
    assert_int_equal(sample.swap_bytes, 20 * 1024);
    assert_int_equal(sample.elapsed_ns, 77);
    assert_int_equal(sample.stat[0], ALLOCATOR_NA);
}

/* A difference there may be; one of megabytes would be a mistake of ours. */
static void test_statm_error(void **state)
{
    (void)state;
    int64_t error = statm_error_bytes();
    assert_between(error, 0, 8 << 20);
    assert_int_equal(error % sysconf(_SC_PAGESIZE), 0);
}

static void test_core(void **state)
{
    (void)state;
    static const char text[] = "cpu  802 48 554 758 55 0 85 15 0 0\n"
                               "cpu1 2 1 3 300 7 0 1 11 0 0\n"
                               "cpu10 2 1 3 400 8 0 1 12 0 0\n"
                               "cpu3 2 1 3 400 8 0\n"
                               "intr 1 2 3 4 5 6 7 8\n";
    static const struct {
        int cpu;
        int64_t idle, steal; /* ticks */
    } cores[] = {{-1, 813, 15}, {1, 307, 11}, {10, 408, 12}, {0, -1, -1}};
    int64_t tick_ns = 1000000000LL / sysconf(_SC_CLK_TCK);
    for (size_t i = 0; i < ARRAY_LENGTH(cores); i++) {
        struct procfs_core core;
        procfs_parse_core(text, cores[i].cpu, &core);
        assert_int_equal(core.idle_ns, cores[i].idle < 0 ? RECORD_NA : cores[i].idle * tick_ns);
        assert_int_equal(core.steal_ns, cores[i].steal < 0 ? RECORD_NA : cores[i].steal * tick_ns);
    }
    struct procfs_core gone;
    procfs_parse_core(text, 3, &gone); /* cut off */
    assert_int_equal(gone.idle_ns, RECORD_NA);
    procfs_parse_core("", -1, &gone);
    assert_int_equal(gone.steal_ns, RECORD_NA);
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
    assert_between(after - before, GROWTH - GROWTH / 50, GROWTH + GROWTH / 50);
    assert_int_equal(munmap(block, GROWTH), 0);
    procfs_read_snapshot(&procfs, &snapshot);
    assert_true(snapshot.taken);
    assert_true(snapshot.rss_peak_bytes >= GROWTH);
    assert_true(snapshot.rss_bytes < GROWTH + before);
    assert_true(snapshot.cpu_ns > 0);
    assert_int_equal(snapshot.threads, 1);
}

/* Counts to 20 ms of CPU time of its own. */
static void *spend(void *unused)
{
    struct timespec own = {.tv_sec = 0};
    while (own.tv_sec == 0 && own.tv_nsec < 20000000)
        assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own), 0);
    return unused;
}

static void test_time_of_threads_that_ended_counts(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(procfs) struct procfs procfs = PROCFS_INIT;
    struct record_snapshot before = {.taken = false};
    struct record_snapshot after = {.taken = false};
    pthread_t thread;
    assert_int_equal(procfs_open(getpid(), &procfs, &err), 0);
    procfs_read_snapshot(&procfs, &before);
    assert_int_equal(pthread_create(&thread, NULL, spend, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    procfs_read_snapshot(&procfs, &after);
    assert_true(after.cpu_ns - before.cpu_ns >= 20000000);
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
        cmocka_unit_test(test_statm),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_stat),
        cmocka_unit_test(test_known_growth),
        cmocka_unit_test(test_time_of_threads_that_ended_counts),
        cmocka_unit_test(test_gone),
        cmocka_unit_test(test_rollup),
        cmocka_unit_test(test_statm_error),
        cmocka_unit_test(test_core),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
