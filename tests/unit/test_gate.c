#include <errno.h>
#include <string.h>

#include "assert_near.h"
#include "bare_result.h"
#include "draw.h"
#include "gate.h"

enum { BLOCKS_MAX = 12 };

static const char *const rows[] = {"glibc", "jemalloc"};

static struct ceilings one_ceiling(struct ceiling *item)
{
    return (struct ceilings){
        .path = (char *)(uintptr_t) "ceilings.yaml", .items = item, .count = 1};
}

static struct ceiling ceiling_of(const char *row, enum metric_id metric, double at_most)
{
    return (struct ceiling){.workload = (char *)(uintptr_t) "test",
                            .row = (char *)(uintptr_t)row,
                            .role = RECORD_PEER,
                            .metric = metric,
                            .at_most = at_most,
                            .at_most_as_written = (char *)(uintptr_t) "its limit",
                            .line = 12};
}

/* The first line of this kind that has a number, or is about the row. */
static const struct gate_line *line_of(const struct gate_report *report, enum gate_kind kind,
                                       const char *row, enum record_role role)
{
    for (size_t i = 0; i < report->count; i++)
        if (report->lines[i].kind == kind && report->lines[i].row &&
            strcmp(report->lines[i].row, row) == 0 && report->lines[i].role == role)
            return &report->lines[i];
    fail_msg("no line of kind %s for %s", gate_kind_names[kind], row);
    return NULL;
}

static const struct {
    const char *what;
    size_t blocks;
    double values[BLOCKS_MAX];
    double at_most;
    enum metric_id metric;
    enum gate_status status;
    enum gate_wish wish;
    const char *said;
} ceiling_cases[] = {
    {"below", 3, {90, 91, 92}, 100, METRIC_RSS_ANON_PLATEAU, GATE_PASS, WISH_NOTHING, "at most"},
    {"zero variance on the line",
     3,
     {100, 100, 100},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_PASS,
     WISH_NOTHING,
     "at most"},
    {"one of three over",
     3,
     {90, 91, 200},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_PASS,
     WISH_NOTHING,
     "at most"},
    {"median over, three blocks",
     3,
     {90, 101, 102},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_UNDECIDED,
     WISH_BLOCKS,
     "6 blocks decide"},
    {"far over, three blocks",
     3,
     {900, 900, 900},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_UNDECIDED,
     WISH_BLOCKS,
     "6 blocks decide"},
    {"over, six blocks",
     6,
     {101, 102, 103, 104, 105, 90},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_FAIL,
     WISH_NOTHING,
     "over the ceiling of its limit in 5 of 6 blocks"},
    {"bimodal, half of them over",
     6,
     {10, 10, 10, 500, 500, 500},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_WARN,
     WISH_NOTHING,
     "less than two thirds"},
    {"bimodal, two thirds over",
     6,
     {10, 10, 500, 500, 500, 500},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_FAIL,
     WISH_NOTHING,
     "in 4 of 6 blocks"},
    {"bimodal, a third over",
     6,
     {10, 10, 10, 10, 500, 500},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_PASS,
     WISH_NOTHING,
     "at most"},
    {"one block",
     1,
     {90},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_UNDECIDED,
     WISH_NOTHING,
     "3 blocks are needed"},
    {"two told of five",
     5,
     {90, NAN, NAN, 91, NAN},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_UNDECIDED,
     WISH_NOTHING,
     "3 blocks are needed"},
    {"not available",
     3,
     {NAN, NAN, NAN},
     100,
     METRIC_RSS_ANON_PLATEAU,
     GATE_UNDECIDED,
     WISH_NOTHING,
     "not available: nobody told"},
    {"ceiling of 0, kept", 3, {0, 0, 0}, 0, METRIC_EXIT_BYTES, GATE_PASS, WISH_NOTHING, "at most"},
    {"ceiling of 0, over",
     6,
     {1, 1, 1, 1, 1, 1},
     0,
     METRIC_EXIT_BYTES,
     GATE_FAIL,
     WISH_NOTHING,
     "over the ceiling"},
    {"a peak warns",
     6,
     {101, 101, 101, 101, 101, 101},
     100,
     METRIC_RSS_ANON_PEAK,
     GATE_WARN,
     WISH_NOTHING,
     "a peak only warns"},
    {"a time warns",
     6,
     {101, 101, 101, 101, 101, 101},
     100,
     METRIC_JOIN_P99,
     GATE_WARN,
     WISH_NOTHING,
     "a time only warns"},
};

static void test_ceilings(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(ceiling_cases); i++) {
        AUTO(bare_result) struct bare_result bare;
        AUTO(gate_report) struct gate_report report = {.count = 0};
        struct ceiling item =
            ceiling_of("glibc", ceiling_cases[i].metric, ceiling_cases[i].at_most);
        struct ceilings ceilings = one_ceiling(&item);
        bare_build(rows, 1, ceiling_cases[i].blocks, &bare);
        bare_set(&bare, 0, RECORD_PEER, ceiling_cases[i].metric, ceiling_cases[i].values);
        const struct gate_request request = {.result = &bare.result, .ceilings = &ceilings};
        assert_int_equal(gate_check(&request, &report, NULL), 0);
        const struct gate_line *line = line_of(&report, GATE_CEILING, "glibc", RECORD_PEER);
        if (line->status != ceiling_cases[i].status || line->wish != ceiling_cases[i].wish ||
            line->file_line != 12 || !strstr(line->message, ceiling_cases[i].said))
            fail_msg("%s: %s: %s", ceiling_cases[i].what, gate_status_names[line->status],
                     line->message);
    }
}

static const struct {
    const char *what;
    enum verdict_kind kind;
    enum confidence confidence;
    int twice; /* a verdict_kind, or -1: not run */
    bool expected;
    enum gate_status status;
    enum gate_wish wish;
} leak_cases[] = {
    {"plateau", VERDICT_PLATEAU, CONFIDENCE_LOW, -1, false, GATE_PASS, WISH_NOTHING},
    {"retention", VERDICT_RETENTION, CONFIDENCE_HIGH, -1, false, GATE_PASS, WISH_NOTHING},
    {"sure leak", VERDICT_LEAK, CONFIDENCE_HIGH, -1, false, GATE_FAIL, WISH_NOTHING},
    {"unsure leak", VERDICT_LEAK, CONFIDENCE_MEDIUM, -1, false, GATE_UNDECIDED, WISH_CYCLES},
    {"unsure leak, still", VERDICT_LEAK, CONFIDENCE_MEDIUM, VERDICT_LEAK, false, GATE_FAIL,
     WISH_NOTHING},
    {"unsure leak, no more", VERDICT_LEAK, CONFIDENCE_MEDIUM, VERDICT_PLATEAU, false, GATE_WARN,
     WISH_NOTHING},
    {"inconclusive", VERDICT_INCONCLUSIVE, CONFIDENCE_NONE, -1, false, GATE_UNDECIDED, WISH_CYCLES},
    {"inconclusive twice", VERDICT_INCONCLUSIVE, CONFIDENCE_NONE, VERDICT_INCONCLUSIVE, false,
     GATE_WARN, WISH_NOTHING},
    {"expected leak", VERDICT_LEAK, CONFIDENCE_HIGH, -1, true, GATE_PASS, WISH_NOTHING},
    {"expected leak is gone", VERDICT_PLATEAU, CONFIDENCE_HIGH, -1, true, GATE_WARN, WISH_NOTHING},
};

static void test_leaks(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(leak_cases); i++) {
        AUTO(bare_result) struct bare_result bare;
        AUTO(bare_result) struct bare_result twice;
        AUTO(gate_report) struct gate_report report = {.count = 0};
        struct expected_leak expected = {.workload = (char *)(uintptr_t) "test",
                                         .row = (char *)(uintptr_t) "glibc",
                                         .why = (char *)(uintptr_t) "known",
                                         .line = 3};
        struct ceilings ceilings = {.path = (char *)(uintptr_t) "ceilings.yaml",
                                    .leaks = &expected,
                                    .leak_count = leak_cases[i].expected};
        bare_build(rows, 1, 3, &bare);
        bare_build(rows, 1, 3, &twice);
        bare_set_verdict(&bare, 0, RECORD_PEER, leak_cases[i].kind, leak_cases[i].confidence);
        if (leak_cases[i].twice >= 0)
            bare_set_verdict(&twice, 0, RECORD_PEER, (enum verdict_kind)leak_cases[i].twice,
                             CONFIDENCE_LOW);
        const struct gate_request request = {.result = &bare.result,
                                             .doubled =
                                                 leak_cases[i].twice >= 0 ? &twice.result : NULL,
                                             .ceilings = &ceilings};
        assert_int_equal(gate_check(&request, &report, NULL), 0);
        const struct gate_line *line = line_of(&report, GATE_LEAK, "glibc", RECORD_PEER);
        if (line->status != leak_cases[i].status || line->wish != leak_cases[i].wish)
            fail_msg("%s: %s: %s", leak_cases[i].what, gate_status_names[line->status],
                     line->message);
        assert_int_equal(gate_wishes(&report, WISH_CYCLES), line->wish == WISH_CYCLES);
    }
}

static void test_leak_in_the_proxy(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    bare_build(rows, 2, 3, &bare);
    bare_set_verdict(&bare, 1, RECORD_PROXY, VERDICT_LEAK, CONFIDENCE_HIGH);
    const struct gate_request request = {.result = &bare.result};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    assert_int_equal(report.status, GATE_FAIL);
    assert_int_equal(line_of(&report, GATE_LEAK, "jemalloc", RECORD_PROXY)->status, GATE_FAIL);
    assert_int_equal(gate_count(&report, GATE_FAIL), 1);
}

/* Without a live counter flat RSS proves nothing: it warns, and is no pass. */
static void test_no_live(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    bare_build(rows, 1, 3, &bare);
    bare_set_verdict(&bare, 0, RECORD_PEER, VERDICT_INCONCLUSIVE, CONFIDENCE_NONE);
    bare.workload.rows[0].subject[RECORD_PEER].live_available = false;
    const struct gate_request request = {.result = &bare.result};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    const struct gate_line *line = line_of(&report, GATE_LEAK, "glibc", RECORD_PEER);
    assert_int_equal(line->status, GATE_WARN);
    assert_non_null(strstr(line->message, "cannot be told"));
}

static void test_nothing_valid(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    struct ceiling item = ceiling_of("glibc", METRIC_RSS_ANON_PLATEAU, 1e9);
    struct ceilings ceilings = one_ceiling(&item);
    bare_build(rows, 1, 3, &bare);
    bare_spoil(&bare, 0);
    const struct gate_request request = {.result = &bare.result, .ceilings = &ceilings};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    assert_int_equal(report.status, GATE_UNDECIDED);
    assert_int_equal(gate_count(&report, GATE_PASS), 0);
    const struct gate_line *line = line_of(&report, GATE_TRIALS, "glibc", RECORD_PEER);
    assert_string_equal(line->message, "0 of 3 blocks are valid: it lied");
}

static void test_not_run(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    struct ceiling item = ceiling_of("tcmalloc", METRIC_RSS_ANON_PLATEAU, 1e9);
    struct ceilings ceilings = one_ceiling(&item);
    struct err err = ERR_INIT;
    bare_build(rows, 2, 3, &bare);
    const struct gate_request request = {.result = &bare.result, .ceilings = &ceilings};
    assert_int_equal(gate_check(&request, &report, &err), -EINVAL);
    assert_non_null(strstr(err.text, "ceilings.yaml:12: there is a ceiling for tcmalloc under "
                                     "test, which this run does not have"));
}

static void test_row_without_ceiling(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    struct ceiling item = ceiling_of("glibc", METRIC_RSS_ANON_PLATEAU, 1e9);
    struct ceilings ceilings = one_ceiling(&item);
    bare_build(rows, 2, 3, &bare);
    const struct gate_request request = {.result = &bare.result, .ceilings = &ceilings};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    assert_int_equal(line_of(&report, GATE_CEILING, "jemalloc", RECORD_PEER)->status, GATE_WARN);
}

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
    for (int role = 0; role < RECORD_ROLE_COUNT; role++) {
        draw(values, before, 1e6, 0.02, random);
        bare_set(&baseline, 0, (enum record_role)role, METRIC_RSS_ANON_PLATEAU, values);
        draw(values, blocks, role == RECORD_PEER ? level : 1e6, 0.02, random);
        bare_set(&bare, 0, (enum record_role)role, METRIC_RSS_ANON_PLATEAU, values);
    }
    const struct gate_request request = {.result = &bare.result, .baseline = &baseline.result};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    return line_of(&report, GATE_REGRESSION, "glibc", RECORD_PEER)->status;
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
    assert_in_range(worse_failed, SESSIONS * 98 / 100, SESSIONS);
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

static void test_new_row(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare, baseline;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    bare_build(rows, 2, 6, &bare);
    bare_build(rows, 1, 10, &baseline);
    const struct gate_request request = {.result = &bare.result, .baseline = &baseline.result};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    assert_int_equal(line_of(&report, GATE_REGRESSION, "glibc", RECORD_PEER)->status, GATE_PASS);
    assert_int_equal(line_of(&report, GATE_REGRESSION, "jemalloc", RECORD_PEER)->status, GATE_WARN);
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
    bare_set(&bare, 0, RECORD_PEER, METRIC_CPU_PER_1000_CYCLES, slow);
    bare_set(&bare, 1, RECORD_PEER, METRIC_CPU_PER_1000_CYCLES, slow);
    bare_set(&bare, 0, RECORD_PEER, METRIC_JOIN_P99, slow);
    bare_set(&bare, 1, RECORD_PEER, METRIC_JOIN_P99, slower);
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
        cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_leaks),
        cmocka_unit_test(test_leak_in_the_proxy),
        cmocka_unit_test(test_no_live),
        cmocka_unit_test(test_nothing_valid),
        cmocka_unit_test(test_not_run),
        cmocka_unit_test(test_row_without_ceiling),
        cmocka_unit_test(test_baseline),
        cmocka_unit_test(test_strange_baseline),
        cmocka_unit_test(test_new_row),
        cmocka_unit_test(test_times_have_a_control),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
