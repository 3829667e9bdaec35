/* The leak gate: verdicts in, what passes, fails or is left undecided out. */
#include <string.h>

#include "bare_result.h"
#include "gate_line.h"
#include "roles.h"

static const char *const rows[] = {"glibc", "jemalloc"};

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
    {"outside", VERDICT_OUTSIDE, CONFIDENCE_HIGH, -1, false, GATE_PASS, WISH_NOTHING},
    {"not live", VERDICT_NOT_LIVE, CONFIDENCE_HIGH, -1, false, GATE_PASS, WISH_NOTHING},
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
        bare_set_verdict(&bare, 0, ROLE_PEER, leak_cases[i].kind, leak_cases[i].confidence);
        if (leak_cases[i].twice >= 0)
            bare_set_verdict(&twice, 0, ROLE_PEER, (enum verdict_kind)leak_cases[i].twice,
                             CONFIDENCE_LOW);
        const struct gate_request request = {.result = &bare.result,
                                             .doubled =
                                                 leak_cases[i].twice >= 0 ? &twice.result : NULL,
                                             .ceilings = &ceilings};
        assert_int_equal(gate_check(&request, &report, NULL), 0);
        const struct gate_line *line = line_of(&report, GATE_LEAK, "glibc", ROLE_PEER);
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
    bare_set_verdict(&bare, 1, ROLE_PROXY, VERDICT_LEAK, CONFIDENCE_HIGH);
    const struct gate_request request = {.result = &bare.result};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    assert_int_equal(report.status, GATE_FAIL);
    assert_int_equal(line_of(&report, GATE_LEAK, "jemalloc", ROLE_PROXY)->status, GATE_FAIL);
    assert_int_equal(gate_count(&report, GATE_FAIL), 1);
}

/* Without a live counter flat RSS proves nothing: it warns, and is no pass. */
static void test_no_live(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    bare_build(rows, 1, 3, &bare);
    bare_set_verdict(&bare, 0, ROLE_PEER, VERDICT_INCONCLUSIVE, CONFIDENCE_NONE);
    bare.workload.rows[0].subjects[ROLE_PEER].live_available = false;
    const struct gate_request request = {.result = &bare.result};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    const struct gate_line *line = line_of(&report, GATE_LEAK, "glibc", ROLE_PEER);
    assert_int_equal(line->status, GATE_WARN);
    assert_non_null(strstr(line->message, "cannot be told"));
}

/* One measurement of live is no majority, whatever it says and however sure it is. */
static void test_one_pass(void **state)
{
    static const struct {
        enum verdict_kind kind;
        int twice; /* a verdict_kind, or -1: not run */
        enum gate_status status;
        const char *said;
    } cases[] = {
        {VERDICT_PLATEAU, -1, GATE_WARN, "plateau, as far as one pass can tell: so it was said"},
        {VERDICT_RETENTION, -1, GATE_WARN, "retention, as far as one pass can tell"},
        {VERDICT_LEAK, -1, GATE_UNDECIDED, "leak, and not sure"},
        {VERDICT_LEAK, VERDICT_LEAK, GATE_FAIL, "leak, with twice the cycles as well"},
        {VERDICT_LEAK, VERDICT_PLATEAU, GATE_WARN, "leak here, plateau with twice the cycles"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO(bare_result) struct bare_result bare;
        AUTO(bare_result) struct bare_result twice;
        AUTO(gate_report) struct gate_report report = {.count = 0};
        bare_build(rows, 1, 3, &bare);
        bare_build(rows, 1, 3, &twice);
        bare_set_verdict(&bare, 0, ROLE_PEER, cases[i].kind, CONFIDENCE_HIGH);
        bare.workload.rows[0].subjects[ROLE_PEER].verdict.blocks = 1;
        if (cases[i].twice >= 0)
            bare_set_verdict(&twice, 0, ROLE_PEER, (enum verdict_kind)cases[i].twice,
                             CONFIDENCE_LOW);
        const struct gate_request request = {.result = &bare.result,
                                             .doubled = cases[i].twice >= 0 ? &twice.result : NULL};
        assert_int_equal(gate_check(&request, &report, NULL), 0);
        const struct gate_line *line = line_of(&report, GATE_LEAK, "glibc", ROLE_PEER);
        if (line->status != cases[i].status || !strstr(line->message, cases[i].said))
            fail_msg("%zu: %s: %s", i, gate_status_names[line->status], line->message);
    }
}

/* Twice the cycles that cannot tell live take nothing back of what was seen with live. */
static void test_twice_without_live(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    AUTO(bare_result) struct bare_result twice;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    bare_build(rows, 1, 3, &bare);
    bare_build(rows, 1, 3, &twice);
    bare_set_verdict(&bare, 0, ROLE_PEER, VERDICT_LEAK, CONFIDENCE_MEDIUM);
    bare_set_verdict(&twice, 0, ROLE_PEER, VERDICT_INCONCLUSIVE, CONFIDENCE_NONE);
    twice.workload.rows[0].subjects[ROLE_PEER].live_available = false;
    const struct gate_request request = {.result = &bare.result, .doubled = &twice.result};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    const struct gate_line *line = line_of(&report, GATE_LEAK, "glibc", ROLE_PEER);
    assert_int_equal(line->status, GATE_UNDECIDED);
    assert_int_equal(line->wish, WISH_CYCLES);
    assert_non_null(strstr(line->message, "twice the cycles cannot tell: so it was said"));
}

/* A leak of 800 B under a growth of something else is a leak: the finding decides, not the class.
 */
static void test_leak_under_another_class(void **state)
{
    (void)state;
    static const struct {
        enum verdict_kind kind;
        bool sure;
        enum gate_status status;
    } cases[] = {
        {VERDICT_RETENTION, true, GATE_FAIL},
        {VERDICT_OUTSIDE, true, GATE_FAIL},
        {VERDICT_NOT_LIVE, false, GATE_UNDECIDED},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO(bare_result) struct bare_result bare;
        AUTO(gate_report) struct gate_report report = {.count = 0};
        const struct ceilings ceilings = {.path = (char *)(uintptr_t) "ceilings.yaml"};
        bare_build(rows, 1, 3, &bare);
        bare_set_verdict(&bare, 0, ROLE_PEER, cases[i].kind, CONFIDENCE_HIGH);
        bare_set_leak_finding(&bare, 0, ROLE_PEER, cases[i].sure);
        const struct gate_request request = {.result = &bare.result, .ceilings = &ceilings};
        assert_int_equal(gate_check(&request, &report, NULL), 0);
        const struct gate_line *line = line_of(&report, GATE_LEAK, "glibc", ROLE_PEER);
        assert_int_equal(line->status, cases[i].status);
        if (cases[i].sure)
            assert_non_null(strstr(line->message, "leak: live rises by 800 B per cycle"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leak_under_another_class),
        cmocka_unit_test(test_leaks),
        cmocka_unit_test(test_leak_in_the_proxy),
        cmocka_unit_test(test_no_live),
        cmocka_unit_test(test_one_pass),
        cmocka_unit_test(test_twice_without_live),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
