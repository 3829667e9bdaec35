#include <string.h>

#include "assert_between.h"
#include "assert_near.h"
#include "bare_result.h"
#include "draw.h"
#include "gate_line.h"
#include "roles.h"

enum { BLOCKS_MAX = 12 };

static const char *const rows[] = {"glibc", "jemalloc"};

static void draw(double *values, size_t count, double level, double spread, uint64_t *random)
{
    for (size_t i = 0; i < count; i++)
        values[i] = level * exp(spread * draw_normal(random));
}

/* Gate a run of `blocks` at `level` against a baseline of ten at 1e6. */
static enum gate_status against_baseline(size_t before, size_t blocks, double level,
                                         uint64_t *random)
{
    double values[BLOCKS_MAX];
    AUTO(bare_result) struct bare_result bare, baseline;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    bare_build(rows, 1, blocks, &bare);
    bare_build(rows, 1, before, &baseline);
    for (size_t role = 0; role < ROLE_COUNT; role++) {
        draw(values, before, 1e6, 0.02, random);
        bare_set(&baseline, 0, role, METRIC_RSS_ANON_PLATEAU, values);
        draw(values, blocks, role == ROLE_PEER ? level : 1e6, 0.02, random);
        bare_set(&bare, 0, role, METRIC_RSS_ANON_PLATEAU, values);
    }
    const struct gate_request request = {.result = &bare.result, .baseline = &baseline.result};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    return line_of(&report, GATE_REGRESSION, "glibc", ROLE_PEER)->status;
}

static void test_baseline(void **state)
{
    (void)state;
    enum { SESSIONS = 200 };
    uint64_t random = 11;
    size_t same_failed = 0, worse_failed = 0;
    for (int i = 0; i < SESSIONS; i++) {
        same_failed += against_baseline(10, 6, 1e6, &random) == GATE_FAIL;
        worse_failed += against_baseline(10, 6, 1.2e6, &random) == GATE_FAIL;
    }
    print_message("of %d sessions fail: %zu with no change, %zu with +20 %%\n", SESSIONS,
                  same_failed, worse_failed);
    assert_int_equal(same_failed, 0);
    assert_between(worse_failed, SESSIONS * 98 / 100, SESSIONS);
    assert_int_equal(against_baseline(10, 3, 1.5e6, &random), GATE_UNDECIDED); /* rerun first */
    assert_int_equal(against_baseline(9, 6, 1.5e6, &random), GATE_UNDECIDED);  /* too short */
    assert_int_equal(against_baseline(10, 1, 1.5e6, &random), GATE_UNDECIDED);
}

static void test_strange_baseline(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare, baseline;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    bare_build(rows, 1, 6, &bare);
    bare_build(rows, 1, 10, &baseline);
    free(baseline.stored.run.host.kernel);
    baseline.stored.run.host.kernel = strdup("2.4.1");
    baseline.spec.rounds = 11;
    const struct gate_request request = {.result = &bare.result, .baseline = &baseline.result};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    assert_int_equal(report.status, GATE_UNDECIDED);
    const struct gate_line *line = &report.lines[report.count - 1];
    assert_non_null(strstr(line->message, "the baseline is not comparable: kernel: "));
    assert_non_null(strstr(line->message, "2.4.1 there"));
    assert_non_null(strstr(line->message, "workload test, rounds: 10 here, 11 there"));
}

static void test_hosts_that_differ_within_a_run(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare, baseline;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    bare_build(rows, 1, 6, &bare);
    bare_build(rows, 1, 10, &baseline);
    struct run *run = &baseline.stored.run;
    run->more_hosts = calloc(1, sizeof *run->more_hosts);
    run->more_host_count = 1;
    host_describe(run->more_hosts);
    run->more_hosts->page_bytes *= 16;
    const struct gate_request request = {.result = &bare.result, .baseline = &baseline.result};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    assert_int_equal(report.status, GATE_UNDECIDED);
    assert_non_null(strstr(report.lines[report.count - 1].message, "page size, bytes: "));
}

/* Both were measured on the same two hosts, which differ. */
static void test_runs_of_the_same_hosts(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare, baseline;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    bare_build(rows, 1, 6, &bare);
    bare_build(rows, 1, 10, &baseline);
    struct run *const runs[] = {&bare.stored.run, &baseline.stored.run};
    for (size_t i = 0; i < ARRAY_LENGTH(runs); i++) {
        runs[i]->more_hosts = calloc(1, sizeof *runs[i]->more_hosts);
        runs[i]->more_host_count = 1;
        host_describe(runs[i]->more_hosts);
        runs[i]->more_hosts->cores *= 16;
    }
    runs[1]->host.cores *= 16; /* there the other one was the first */
    runs[1]->more_hosts->cores /= 16;
    const struct gate_request request = {.result = &bare.result, .baseline = &baseline.result};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    assert_int_equal(line_of(&report, GATE_REGRESSION, "glibc", ROLE_PEER)->status, GATE_PASS);
}

static void test_new_row(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare, baseline;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    bare_build(rows, 2, 6, &bare);
    bare_build(rows, 1, 10, &baseline);
    const struct gate_request request = {.result = &bare.result, .baseline = &baseline.result};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    assert_int_equal(line_of(&report, GATE_REGRESSION, "glibc", ROLE_PEER)->status, GATE_PASS);
    assert_int_equal(line_of(&report, GATE_REGRESSION, "jemalloc", ROLE_PEER)->status, GATE_WARN);
}

/* A machine that became twice as slow is no regression of a row; a row that did is reported. */
static void test_times_have_a_control(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare, baseline;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    double slow[BLOCKS_MAX], slower[BLOCKS_MAX];
    uint64_t random = 5;
    bare_build(rows, 2, 6, &bare);
    bare_build(rows, 2, 10, &baseline);
    draw(slow, BLOCKS_MAX, 2000, 0.01, &random);
    draw(slower, BLOCKS_MAX, 3000, 0.01, &random);
    bare_set(&bare, 0, ROLE_PEER, METRIC_CPU_PER_1000_CYCLES, slow);
    bare_set(&bare, 1, ROLE_PEER, METRIC_CPU_PER_1000_CYCLES, slow);
    bare_set(&bare, 0, ROLE_PEER, METRIC_JOIN_P99, slow);
    bare_set(&bare, 1, ROLE_PEER, METRIC_JOIN_P99, slower);
    const struct gate_request request = {.result = &bare.result, .baseline = &baseline.result};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    size_t seen = 0;
    for (size_t i = 0; i < report.count; i++) {
        const struct gate_line *line = &report.lines[i];
        if (line->kind != GATE_TIME)
            continue;
        bool is_cpu = line->metric == &metrics[METRIC_CPU_PER_1000_CYCLES];
        assert_string_equal(line->row, "jemalloc");
        assert_int_equal(line->status, is_cpu ? GATE_PASS : GATE_WARN);
        assert_non_null(strstr(line->message, "reported only"));
        seen++;
    }
    assert_int_equal(seen, 2);
    assert_true(report.status < GATE_FAIL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_baseline),
        cmocka_unit_test(test_strange_baseline),
        cmocka_unit_test(test_hosts_that_differ_within_a_run),
        cmocka_unit_test(test_runs_of_the_same_hosts),
        cmocka_unit_test(test_new_row),
        cmocka_unit_test(test_times_have_a_control),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
