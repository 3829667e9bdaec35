/*
 * noise.c: what two readings of the counters say, and real busy loops on a core, which are noise
 * there and nowhere else, and none when they are our own.
 */
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "assert_near.h"
#include "clock.h"
#include "noise.h"
#include "procfs.h"

enum { ELAPSED_MS = 2000 };

/* Of two seconds, how long each core was idle and ours ran there, and what follows; -1: not told.
 */
struct reading {
    const char *name;
    int cores[NOISE_CORE_COUNT];
    int64_t idle_ms[NOISE_CORE_COUNT];
    int64_t own_ms[NOISE_CORE_COUNT];
    int64_t steal_ms; /* of both cores */
    double share[NOISE_CORE_COUNT];
    const char *reason; /* NULL: quiet */
};

static const struct reading readings[] = {
    {"quiet", {1, 1}, {1200, 300}, {760, 1640}, 0, {0.02, 0.03}, NULL},
    {"ours in each other's way", {1, 1}, {0, 0}, {2000, 2000}, 0, {0, 0}, NULL},
    {"at the limit", {1, 1}, {600, 0}, {1000, 1600}, 200, {0.2, 0.2}, NULL},
    {"busy loop on the load's core",
     {1, 1},
     {1200, 0},
     {760, 1380},
     0,
     {0.02, 0.31},
     "others took 31 % of the load's core (limit 20 %)"},
    {"busy loop on the subjects' core",
     {1, 1},
     {0, 300},
     {720, 1640},
     0,
     {0.64, 0.03},
     "others took 64 % of the subjects' core (limit 20 %)"},
    {"both, and a hypervisor",
     {1, 1},
     {0, 0},
     {1000, 1500},
     240,
     {0.5, 0.25},
     "others took 50 % of the subjects' core (limit 20 %); "
     "others took 25 % of the load's core (limit 20 %); "
     "the hypervisor took 6 % of the cores (limit 5 %)"},
    {"a core that is not known",
     {1, 1},
     {-1, 0},
     {-1, 1380},
     -1,
     {NAN, 0.31},
     "others took 31 % of the load's core (limit 20 %)"},
    {"a churner that is gone", {1, 1}, {1200, 0}, {760, -1}, 0, {0.02, NAN}, NULL},
    {"threads on three cores", {3, 1}, {1000, 300}, {4000, 1640}, 0, {1. / 6, 0.03}, NULL},
    {"a neighbour on three cores",
     {3, 1},
     {0, 300},
     {4000, 1640},
     0,
     {1. / 3, 0.03},
     "others took 33 % of the subjects' cores (limit 20 %)"},
    {"a neighbour where subjects and load share two cores",
     {2, 0},
     {100, -1},
     {2900, -1},
     0,
     {0.25, NAN},
     "others took 25 % of the cores of subjects and load (limit 20 %)"},
    {"one core for all",
     {1, 0},
     {100, -1},
     {1400, -1},
     0,
     {0.25, NAN},
     "others took 25 % of the subjects' core (limit 20 %)"},
};

static int64_t after_ns(int64_t change_ms)
{
    return change_ms < 0 ? RECORD_NA : 5LL * CLOCK_NS_PER_S + change_ms * CLOCK_NS_PER_MS;
}

static void test_reading(void **state)
{
    const struct reading *reading = *state;
    struct noise_counters before = {
        .at_ns = after_ns(0), .steal_ns = after_ns(0), .steal_cores = 2};
    struct noise_counters after = before;
    AUTO(record) struct record record;
    record_init(&record);
    after.at_ns = after_ns(ELAPSED_MS);
    after.steal_ns = after_ns(reading->steal_ms);
    for (int i = 0; i < NOISE_CORE_COUNT; i++) {
        before.core[i].cores = reading->cores[i];
        before.core[i].idle_ns = before.core[i].own_ns = after_ns(0);
        after.core[i].own_ns = after_ns(reading->own_ms[i]);
        after.core[i].idle_ns = after_ns(reading->idle_ms[i]);
        if (reading->idle_ms[i] >= 0) /* as the kernel rounds it at worst */
            after.core[i].idle_ns -= procfs_idle_rounding_ns() * reading->cores[i];
    }
    noise_judge(&before, &after, &record.noise);
    assert_near(record.noise.foreign_share, reading->share[NOISE_SUBJECTS], 1e-9);
    assert_near(record.noise.load_foreign_share, reading->share[NOISE_LOAD], 1e-9);
    assert_int_equal(record.noise.noisy, reading->reason != NULL);
    if (reading->reason)
        assert_string_equal(record.noise.reason, reading->reason);
    else
        assert_null(record.noise.reason);
}

static void test_rounding_is_no_noise(void **state)
{
    (void)state;
    struct noise_counters before = {
        .at_ns = after_ns(0), .steal_cores = 2, .core = {{.cores = 1}, {.cores = 1}}};
    struct noise_counters after = before;
    AUTO(record) struct record record;
    record_init(&record);
    after.at_ns += procfs_idle_rounding_ns(); /* idle all the time, and none of it shown */
    noise_judge(&before, &after, &record.noise);
    assert_near(record.noise.foreign_share, 0, 0);
    assert_near(record.noise.load_foreign_share, 0, 0);
    assert_false(record.noise.noisy);
}

/* A busy loop on one core. From "go" on it counts, and says when it has had burnt_ns more of it. */
struct burner {
    pid_t pid;
    int channel;
};

static const int64_t burnt_ns = 200LL * CLOCK_NS_PER_MS;

static void burn(int cpu, int channel)
{
    char word = 'p';
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((unsigned)cpu, &set);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (sched_setaffinity(0, sizeof set, &set) < 0 || send(channel, &word, 1, 0) != 1)
        _exit(1);
    while (recv(channel, &word, 1, MSG_DONTWAIT) != 1)
        ;
    int64_t until_ns = clock_process_cpu_ns() + burnt_ns;
    while (clock_process_cpu_ns() < until_ns)
        ;
    (void)send(channel, &word, 1, 0);
    for (;;)
        (void)clock_process_cpu_ns();
}

static void await_word(const struct burner *burner)
{
    char word = 0;
    assert_int_equal(recv(burner->channel, &word, 1, 0), 1);
}

static struct burner start_burner(int cpu)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    pid_t pid = fork();
    if (pid == 0)
        burn(cpu, pair[1]);
    assert_true(pid > 0);
    (void)close(pair[1]);
    struct burner burner = {.pid = pid, .channel = pair[0]};
    await_word(&burner);
    return burner;
}

static void let_it_burn(const struct burner *burner)
{
    assert_int_equal(send(burner->channel, "g", 1, 0), 1);
    await_word(burner);
}

static void end_burner(const struct burner *burner)
{
    (void)kill(burner->pid, SIGKILL);
    (void)waitpid(burner->pid, NULL, 0);
    (void)close(burner->channel);
}

static int some_cpu(void)
{
    cpu_set_t allowed;
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    int cpu = 0;
    while (!CPU_ISSET((unsigned)cpu, &allowed))
        cpu++;
    return cpu;
}

/* Whoever else wants the core makes it noisier: no machine is too busy for this. */
static void test_busy_loop_is_noise_on_its_core(void **state)
{
    (void)state;
    static const char *const reasons[NOISE_CORE_COUNT] = {
        [NOISE_SUBJECTS] = "% of the subjects' core (limit 20 %)",
        [NOISE_LOAD] = "% of the load's core (limit 20 %)",
    };
    for (int i = 0; i < NOISE_CORE_COUNT; i++) {
        AUTO(record) struct record record;
        record_init(&record);
        struct noise_watch watch = {.core = {{.own = {getpid(), getpid()}, .own_count = 2},
                                             {.own = {getpid(), getpid()}, .own_count = 2}}};
        CPU_SET((unsigned)some_cpu(), &watch.core[i].cpus);
        struct burner burner = start_burner(some_cpu());
        noise_begin(&watch, &record.noise);
        let_it_burn(&burner);
        noise_end(&watch, &record);
        end_burner(&burner);
        assert_true(record.noise.noisy);
        assert_non_null(strstr(record.noise.reason, reasons[i]));
        assert_true(
            isnan(i == NOISE_LOAD ? record.noise.foreign_share : record.noise.load_foreign_share));
    }
}

static void test_our_own_busy_loop_is_ours(void **state)
{
    (void)state;
    struct burner burner = start_burner(some_cpu());
    struct noise_core core[NOISE_CORE_COUNT] = {
        [NOISE_SUBJECTS] = {.own = {getpid(), burner.pid}, .own_count = 2},
        [NOISE_LOAD] = {.own = {getpid(), getpid()}, .own_count = 2},
    };
    CPU_SET((unsigned)some_cpu(), &core[NOISE_SUBJECTS].cpus);
    CPU_SET((unsigned)some_cpu(), &core[NOISE_LOAD].cpus);
    struct noise_counters before, after;
    noise_read(core, &before);
    let_it_burn(&burner);
    noise_read(core, &after);
    end_burner(&burner);
    assert_true(after.core[NOISE_SUBJECTS].own_ns - before.core[NOISE_SUBJECTS].own_ns >= burnt_ns);
    /* Gone, and waited for: among our children. */
    int64_t alone_ns = after.core[NOISE_LOAD].own_ns / 2;
    assert_true(procfs_process_cpu_ns(getpid()) - alone_ns >= burnt_ns - procfs_idle_rounding_ns());
    assert_int_equal(procfs_process_cpu_ns(burner.pid), RECORD_NA);
}

int main(void)
{
    struct CMUnitTest tests[ARRAY_LENGTH(readings)];
    for (size_t i = 0; i < ARRAY_LENGTH(readings); i++) {
        union { /* cmocka's state is not const; the test only reads it */
            const void *in;
            void *out;
        } row = {.in = &readings[i]};
        tests[i] = (struct CMUnitTest){
            .name = readings[i].name, .test_func = test_reading, .initial_state = row.out};
    }
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_rounding_is_no_noise),
        cmocka_unit_test(test_busy_loop_is_noise_on_its_core),
        cmocka_unit_test(test_our_own_busy_loop_is_ours),
    };
    int failed = cmocka_run_group_tests_name("readings", tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("noise", others, NULL, NULL);
}
