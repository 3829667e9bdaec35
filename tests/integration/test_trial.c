/*
 * trial.c with real processes that misbehave: whatever a subject does is a record with a reason,
 * and nothing of it is left running.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "trial.h"

struct misdeed {
    const char *name;
    const char *fake; /* FAKE=… */
    enum record_outcome outcome;
    const char *reason; /* part of it; NULL: none */
};

static const struct misdeed misdeeds[] = {
    {"well behaved", "FAKE=", RECORD_VALID, NULL},
    {"peer exits at once", "FAKE=peer:ready:exit", RECORD_FAILED,
     "peer ended too early: exit status 7"},
    {"proxy aborts at once", "FAKE=proxy:ready:abort", RECORD_FAILED,
     "proxy ended too early: killed by signal 6"},
    {"churner exits at once", "FAKE=churner:ready:exit", RECORD_FAILED, "churner ended too early"},
    {"peer hangs at ready", "FAKE=peer:ready:hang", RECORD_FAILED, "peer did not say 'ready'"},
    {"peer says another pid", "FAKE=peer:ready:pid", RECORD_FAILED, "says it is process 1"},
    {"peer is mislinked", "FAKE=peer:ready:other", RECORD_INVALID,
     "peer runs on other, not on fake"},
    {"peer is refused", "FAKE=peer:ready:refuse", RECORD_INVALID, "malloc is in libother.so"},
    {"proxy is refused", "FAKE=proxy:ready:refuse", RECORD_INVALID, "malloc is in libother.so"},
    {"peer sends garbage", "FAKE=peer:stats:garbage", RECORD_FAILED, "malformed line"},
    {"peer says something else", "FAKE=peer:stats:verb", RECORD_FAILED,
     "peer said 'surprise' while 'stats' was awaited"},
    {"peer sends a negative number", "FAKE=peer:stats:negative", RECORD_FAILED,
     "statistics that are none"},
    {"peer dies in the churn", "FAKE=peer:stats:abort", RECORD_FAILED, "killed by signal 6"},
    {"peer closes the channel", "FAKE=peer:stats:close", RECORD_FAILED, "peer d"},
    {"proxy dies in the churn", "FAKE=proxy:stats:exit", RECORD_FAILED,
     "proxy ended too early: exit status 7"},
    {"churner dies in mid-round", "FAKE=churner:round:abort", RECORD_FAILED,
     "churner ended too early: killed by signal 6"},
    {"churner hangs in mid-round", "FAKE=churner:round:hang", RECORD_FAILED,
     "churner did not say 'round'"},
    {"peer hangs at release", "FAKE=peer:released:hang", RECORD_FAILED,
     "peer did not say 'released'"},
    {"proxy dies at release", "FAKE=proxy:released:exit", RECORD_FAILED, "proxy ended too early"},
    {"work does not match", "FAKE=peer:stats:count", RECORD_INVALID,
     "peer counted joins_heard 8, the plan's formula says 7"},
    {"peer ignores SIGTERM and stays", "FAKE=peer:exit:stubborn", RECORD_FAILED,
     "peer did not say 'exit'"},
    {"peer leaves with a status", "FAKE=peer:exit:status", RECORD_FAILED,
     "peer left with exit status 3"},
    {"peer leaves a grandchild", "FAKE=peer:ready:orphan", RECORD_VALID, NULL},
};

struct fixture {
    char folder[64];
    struct workload workload;
    char *environment[2];
};

static void open_fixture(struct fixture *fixture, const char *fake)
{
    *fixture = (struct fixture){
        .workload = {.name = "test",
                     .load = SPEC_ROUNDS,
                     .peers = 1,
                     .rounds = 2,
                     .step_deadline_ns = 100LL * CLOCK_NS_PER_MS,
                     .quiet_ns = 10LL * CLOCK_NS_PER_MS,
                     .released_ns = 10LL * CLOCK_NS_PER_MS},
        .environment = {strdup(fake), NULL},
    };
    (void)snprintf(fixture->folder, sizeof fixture->folder, "/tmp/test_trial.XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
}

static void close_fixture(struct fixture *fixture)
{
    static const char *const logs[] = {"peer.log", "proxy.log", "churner.log"};
    char path[128];
    for (size_t i = 0; i < ARRAY_LENGTH(logs); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", fixture->folder, logs[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(fixture->folder), 0);
    free(fixture->environment[0]);
}

static int run(struct fixture *fixture, const char *programs, int interrupt_fd,
               struct record *record, struct err *err)
{
    struct trial_options options = {
        .workload = &fixture->workload,
        .allocator = "fake",
        .row_environment = fixture->environment,
        .programs = programs,
        .folder = fixture->folder,
        .pins = {.subject_cpu = -1, .driver_cpu = -1},
        /* Generous where a healthy answer is awaited, since a loaded machine is no fault. */
        .deadlines = {.ready_ns = 3LL * CLOCK_NS_PER_S,
                      .answer_ns = 2LL * CLOCK_NS_PER_S,
                      .leave_ns = 2LL * CLOCK_NS_PER_S},
        .sample_period_ns = 2LL * CLOCK_NS_PER_MS,
        .interrupt_fd = interrupt_fd,
    };
    record_init(record);
    return trial_run(&options, record, err);
}

/* The grandchild the fake reported in its log, or 0. */
static pid_t orphan(const struct fixture *fixture)
{
    char path[128];
    int pid = 0;
    (void)snprintf(path, sizeof path, "%s/peer.log", fixture->folder);
    AUTO_FCLOSE FILE *log = fopen(path, "re");
    return log && fscanf(log, "orphan %d", &pid) == 1 ? pid : 0;
}

static void assert_nothing_left(const struct fixture *fixture)
{
    pid_t pid = orphan(fixture);
    assert_int_equal(waitpid(-1, NULL, 0), -1);
    assert_int_equal(errno, ECHILD);
    if (pid > 0)
        assert_int_equal(kill(pid, 0), -1);
}

static void test_misdeed(void **state)
{
    const struct misdeed *misdeed = *state;
    struct fixture fixture;
    struct err err = ERR_INIT;
    AUTO(record) struct record record;
    open_fixture(&fixture, misdeed->fake);
    assert_int_equal(run(&fixture, FAKE_DIR, -1, &record, &err), 0);
    if (misdeed->reason) {
        assert_non_null(record.reason);
        if (!strstr(record.reason, misdeed->reason))
            fail_msg("reason '%s' lacks '%s'", record.reason, misdeed->reason);
    } else if (record.reason) {
        fail_msg("unexpected reason '%s'", record.reason);
    }
    assert_int_equal(record.outcome, misdeed->outcome);
    if (strstr(misdeed->fake, "orphan"))
        assert_true(orphan(&fixture) > 0);
    assert_nothing_left(&fixture);
    close_fixture(&fixture);
}

static void test_well_behaved_record_is_whole(void **state)
{
    (void)state;
    struct fixture fixture;
    struct err err = ERR_INIT;
    AUTO(record) struct record record;
    open_fixture(&fixture, "FAKE=");
    assert_int_equal(run(&fixture, FAKE_DIR, -1, &record, &err), 0);
    const struct record_subject *peer = &record.subject[RECORD_PEER];
    assert_int_equal(record.cycles_done, 2);
    assert_int_equal(record.join_count, 2);
    assert_string_equal(peer->allocator, "fake");
    assert_string_equal(peer->unavailable[STAT_LIVE], "a fake cannot tell");
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        assert_true(peer->snapshot[phase].taken);
        assert_true(peer->snapshot[phase].rss_bytes > 0);
        assert_true(peer->snapshot[phase].rss_peak_bytes > 0);
        assert_int_equal(peer->snapshot[phase].stat[STAT_LIVE], ALLOCATOR_NA);
        assert_int_equal(peer->snapshot[phase].stat[STAT_HEAP], 4096);
    }
    size_t round_ends = 0;
    for (size_t i = 0; i < record.sample_count; i++)
        round_ends += record.samples[i].at_round_end;
    assert_int_equal(round_ends, 2);
    assert_true(record.sampler_ticks > 0);
    close_fixture(&fixture);
}

static void test_missing_program_is_an_error_of_the_harness(void **state)
{
    (void)state;
    struct fixture fixture;
    struct err err = ERR_INIT;
    AUTO(record) struct record record;
    open_fixture(&fixture, "FAKE=");
    assert_int_equal(run(&fixture, "/nonexistent", -1, &record, &err), -ENOENT);
    assert_non_null(strstr(err.text, "/nonexistent/proxy-fake"));
    assert_nothing_left(&fixture);
    close_fixture(&fixture);
}

static void test_interrupt_leaves_nothing(void **state)
{
    (void)state;
    int pair[2];
    struct fixture fixture;
    struct err err = ERR_INIT;
    AUTO(record) struct record record;
    open_fixture(&fixture, "FAKE=churner:round:hang");
    assert_int_equal(pipe(pair), 0);
    assert_int_equal(write(pair[1], "x", 1), 1);
    assert_int_equal(run(&fixture, FAKE_DIR, pair[0], &record, &err), -EINTR);
    assert_nothing_left(&fixture);
    (void)close(pair[0]);
    (void)close(pair[1]);
    close_fixture(&fixture);
}

int main(void)
{
    enum { COUNT = sizeof misdeeds / sizeof misdeeds[0] };
    struct CMUnitTest tests[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        union { /* cmocka's state is not const; the test only reads it */
            const void *in;
            void *out;
        } row = {.in = &misdeeds[i]};
        tests[i] = (struct CMUnitTest){
            .name = misdeeds[i].name, .test_func = test_misdeed, .initial_state = row.out};
    }
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_well_behaved_record_is_whole),
        cmocka_unit_test(test_missing_program_is_an_error_of_the_harness),
        cmocka_unit_test(test_interrupt_leaves_nothing),
    };
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    int failed = cmocka_run_group_tests_name("misdeeds", tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("trial", others, NULL, NULL);
}
