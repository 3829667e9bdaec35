#include <errno.h>
#include <string.h>

#include "assert_near.h"
#include "bare_result.h"
#include "gate_line.h"

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
