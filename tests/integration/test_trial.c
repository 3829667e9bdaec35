/*
 * trial.c with real processes that misbehave: whatever a subject does is a record with a reason,
 * and nothing of it is left running.
 */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "roles.h"
#include "scenarios.h"
#include "trial.h"

struct misdeed {
    const char *name;
    const char *fault; /* for fake_subject */
    enum record_outcome outcome;
    const char *reason; /* part of it; NULL: none */
};

static const struct misdeed misdeeds[] = {
    {"well behaved", "", RECORD_VALID, NULL},
    {"peer exits at once", "peer:ready:exit", RECORD_FAILED, "peer ended too early: exit status 7"},
    {"proxy aborts at once", "proxy:ready:abort", RECORD_FAILED,
     "proxy ended too early: killed by signal 6"},
    {"churner exits at once", "churner:ready:exit", RECORD_FAILED, "churner ended too early"},
    {"peer hangs at ready", "peer:ready:hang", RECORD_FAILED, "peer did not say 'ready'"},
    {"peer says another pid", "peer:ready:pid", RECORD_FAILED, "says it is process 1"},
    {"peer is mislinked", "peer:ready:other", RECORD_INVALID, "peer runs on other, not on fake"},
    {"peer is refused", "peer:ready:refuse", RECORD_INVALID, "malloc is in libother.so"},
    {"proxy is refused", "proxy:ready:refuse", RECORD_INVALID, "malloc is in libother.so"},
    {"peer sends garbage", "peer:stats:garbage", RECORD_FAILED, "malformed line"},
    {"peer says something else", "peer:stats:verb", RECORD_FAILED,
     "peer said 'surprise' while 'stats' was awaited"},
    {"peer sends a negative number", "peer:stats:negative", RECORD_FAILED,
     "statistics that are none"},
    {"peer dies in the churn", "peer:stats:abort", RECORD_FAILED, "killed by signal 6"},
    {"peer closes the channel", "peer:stats:close", RECORD_FAILED, "peer d"},
    {"proxy dies in the churn", "proxy:stats:exit", RECORD_FAILED,
     "proxy ended too early: exit status 7"},
    {"churner dies in mid-round", "churner:round:abort", RECORD_FAILED,
     "churner ended too early: killed by signal 6"},
    {"churner hangs in mid-round", "churner:round:hang", RECORD_FAILED,
     "churner did not say 'round'"},
    {"peer hangs at release", "peer:released:hang", RECORD_FAILED, "peer did not say 'released'"},
    {"proxy dies at release", "proxy:released:exit", RECORD_FAILED, "proxy ended too early"},
    {"work does not match", "peer:stats:count", RECORD_INVALID,
     "peer counted joins_heard 8, the plan's formula says 7"},
    {"peer ignores SIGTERM and stays", "peer:exit:stubborn", RECORD_FAILED,
     "peer did not say 'exit'"},
    {"peer dies while it closes", "peer:exit:abort", RECORD_FAILED,
     "peer ended before it said 'exit': killed by signal 6"},
    {"peer leaves with a status", "peer:exit:status", RECORD_FAILED,
     "peer left with exit status 3"},
    {"peer leaves a grandchild", "peer:ready:orphan", RECORD_VALID, NULL},
    {"the grandchild left its group", "peer:ready:escaped", RECORD_VALID, NULL},
};

static char rounds[] = "rounds";

/* The folder holds the programs of the trial, the fault, and the logs. */
struct fixture {
    char folder[64];
    struct workload workload;
};

static const char *const programs[] = {"peer-fake", "proxy-fake", "churner"};
static const char *const files[] = {"fault", "peer.log", "proxy.log", "churner.log"};

static const char *path_in(const struct fixture *fixture, const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", fixture->folder, name);
    return path;
}

static void open_fixture(struct fixture *fixture, const char *fault)
{
    *fixture = (struct fixture){
        .workload = {.name = "test",
                     .load = rounds,
                     .peers = 1,
                     .rounds = 2,
                     .step_deadline_ns = 100LL * CLOCK_NS_PER_MS,
                     .quiet_ns = 10LL * CLOCK_NS_PER_MS,
                     .released_ns = 10LL * CLOCK_NS_PER_MS},
    };
    (void)snprintf(fixture->folder, sizeof fixture->folder, "/tmp/test_trial.XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    for (size_t i = 0; i < ARRAY_LENGTH(programs); i++)
        assert_int_equal(symlink(FAKE_SUBJECT, path_in(fixture, programs[i])), 0);
    AUTO_FCLOSE FILE *file = fopen(path_in(fixture, "fault"), "we");
    assert_non_null(file);
    (void)fputs(fault, file);
}

static void close_fixture(struct fixture *fixture)
{
    for (size_t i = 0; i < ARRAY_LENGTH(programs); i++)
        (void)unlink(path_in(fixture, programs[i]));
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
        (void)unlink(path_in(fixture, files[i]));
    assert_int_equal(rmdir(fixture->folder), 0);
}

/* An interruption in the middle of the churn, as a signalfd would tell it. */
struct interrupting {
    int fds[2];
    bool done;
};

static void interrupt_churn(void *context, const struct trial_progress *progress)
{
    struct interrupting *interrupting = context;
    if (progress->phase == PHASE_CHURN && !interrupting->done)
        interrupting->done = write(interrupting->fds[1], "x", 1) == 1;
}

static int run(struct fixture *fixture, const char *folder, struct interrupting *interrupting,
               struct record *record, struct err *err)
{
    struct trial_options options = {
        .workload = &fixture->workload,
        .scenario = scenario_find("rounds"),
        .allocator = "fake",
        .programs = folder,
        .folder = fixture->folder,
        .pins = {.subject_cpu = -1, .driver_cpu = -1},
        /* Generous where a healthy answer is awaited, since a loaded machine is no fault. */
        .deadlines = {.ready_ns = 3LL * CLOCK_NS_PER_S,
                      .answer_ns = 2LL * CLOCK_NS_PER_S,
                      .leave_ns = 2LL * CLOCK_NS_PER_S},
        .sample_period_ns = 2LL * CLOCK_NS_PER_MS,
        .interrupt_fd = interrupting ? interrupting->fds[0] : -1,
        .progress = interrupting ? interrupt_churn : NULL,
        .context = interrupting,
    };
    record_init(record);
    return trial_run(&options, record, err);
}

/* The grandchild the fake reported in its log, or 0. */
static pid_t orphan(const struct fixture *fixture)
{
    int pid = 0;
    AUTO_FCLOSE FILE *log = fopen(path_in(fixture, "peer.log"), "re");
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
    open_fixture(&fixture, misdeed->fault);
    assert_int_equal(run(&fixture, fixture.folder, NULL, &record, &err), 0);
    if (misdeed->reason) {
        assert_non_null(record.reason);
        if (!strstr(record.reason, misdeed->reason))
            fail_msg("reason '%s' lacks '%s'", record.reason, misdeed->reason);
    } else if (record.reason) {
        fail_msg("unexpected reason '%s'", record.reason);
    }
    assert_int_equal(record.outcome, misdeed->outcome);
    if (strstr(misdeed->fault, "orphan") || strstr(misdeed->fault, "escaped"))
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
    open_fixture(&fixture, "");
    assert_int_equal(run(&fixture, fixture.folder, NULL, &record, &err), 0);
    const struct record_role *peer = &record.roles[ROLE_PEER];
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
    assert_int_equal(round_ends, 2 * ROLE_COUNT);
    assert_true(record.sampler_ticks > 0);
    close_fixture(&fixture);
}

static void test_missing_program_is_an_error_of_the_harness(void **state)
{
    (void)state;
    struct fixture fixture;
    struct err err = ERR_INIT;
    AUTO(record) struct record record;
    open_fixture(&fixture, "");
    assert_int_equal(run(&fixture, "/nonexistent", NULL, &record, &err), -ENOENT);
    assert_non_null(strstr(err.text, "/nonexistent/proxy-fake"));
    assert_nothing_left(&fixture);
    close_fixture(&fixture);
}

static void test_interrupt_leaves_nothing(void **state)
{
    (void)state;
    struct interrupting interrupting = {.done = false};
    struct fixture fixture;
    struct err err = ERR_INIT;
    AUTO(record) struct record record;
    open_fixture(&fixture, "churner:round:hang");
    fixture.workload.step_deadline_ns = 60LL * CLOCK_NS_PER_S; /* the fault alone ends nothing */
    assert_int_equal(pipe(interrupting.fds), 0);
    assert_int_equal(run(&fixture, fixture.folder, &interrupting, &record, &err), -EINTR);
    assert_true(interrupting.done);
    assert_nothing_left(&fixture);
    (void)close(interrupting.fds[0]);
    (void)close(interrupting.fds[1]);
    close_fixture(&fixture);
}

/* The trial is run by a child, whose orphans are ours: it cannot see them, but kill their group. */
static void test_grandchild_goes_with_its_group(void **state)
{
    (void)state;
    struct fixture fixture;
    int status = 0;
    open_fixture(&fixture, "peer:ready:orphan");
    pid_t driver = fork();
    if (driver == 0) {
        AUTO(record) struct record record;
        int code = run(&fixture, fixture.folder, NULL, &record, NULL);
        _exit(code == 0 && record.outcome == RECORD_VALID ? 0 : 1);
    }
    assert_int_equal(waitpid(driver, &status, 0), driver);
    assert_int_equal(status, 0);
    pid_t pid = orphan(&fixture);
    assert_true(pid > 0);
    struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
    bool ended = poll(&end, 1, 10000) == 1;
    (void)kill(pid, SIGKILL);
    (void)close(end.fd);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(ended);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_nothing_left(&fixture);
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
        cmocka_unit_test(test_grandchild_goes_with_its_group),
    };
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    int failed = cmocka_run_group_tests_name("misdeeds", tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("trial", others, NULL, NULL);
}
