#include <errno.h>
#include <string.h>

#include "assert_between.h"
#include "assert_near.h"
#include "bare_result.h"
#include "draw.h"
#include "roles.h"

enum { ROWS = 4, BLOCKS_MAX = 10 };

static const char *const rows[] = {"glibc", "jemalloc", "mimalloc", "tcmalloc"};

/* One value in all blocks but for `spread` of a part in a hundred, alternating. */
static void set_all(struct bare_result *bare, size_t row, enum metric_id metric, double value)
{
    double values[BLOCKS_MAX];
    for (size_t i = 0; i < BLOCKS_MAX; i++)
        values[i] = value * (i % 2 ? 1.005 : 0.995);
    bare_set(bare, row, ROLE_PEER, metric, values);
}

static void recommend(struct bare_result *bare, const char *const *barred)
{
    result_recommend(&bare->workload, (size_t)bare->stored.run.blocks, &recommend_weights_default,
                     barred);
}

static void expect_said(const struct bare_result *bare, const char *phrase)
{
    if (!strstr(bare->workload.recommendation, phrase))
        fail_msg("not said: %s\nin: %s", phrase, bare->workload.recommendation);
}

static void test_weights(void **state)
{
    (void)state;
    struct recommend_weights weights;
    struct err err = ERR_INIT;
    assert_int_equal(recommend_weights_parse("memory=2,cpu=1,latency=1", &weights, &err), 0);
    assert_near(weights.share[TERM_MEMORY], 0.5, 1e-12);
    assert_int_equal(recommend_weights_parse("cpu=0.1", &weights, &err), 0);
    assert_near(weights.share[TERM_CPU], 1, 1e-12);
    assert_near(weights.share[TERM_MEMORY], 0, 1e-12);
    static const char *const wrong[] = {"",         "memory",   "memory=",       "memory=-1",
                                        "memory=x", "memroy=1", "memory=nan",    "memory=1,",
                                        "memory=0", "=1",       "memory=1;cpu=1"};
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
        if (recommend_weights_parse(wrong[i], &weights, &err) != -EINVAL || !err.text[0])
            fail_msg("'%s' is taken", wrong[i]);
}

static void test_clear_winner(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, ROWS, 5, &bare);
    for (size_t row = 0; row < ROWS; row++)
        set_all(&bare, row, METRIC_CPU_PER_1000_CYCLES, 1e9);
    set_all(&bare, 0, METRIC_RSS_ANON_PLATEAU, 1e6);
    set_all(&bare, 1, METRIC_RSS_ANON_PLATEAU, 0.6e6);
    set_all(&bare, 2, METRIC_RSS_ANON_PLATEAU, 0.9e6);
    set_all(&bare, 3, METRIC_RSS_ANON_PLATEAU, 2e6);
    recommend(&bare, NULL);
    const struct recommendation *advice = &bare.workload.advice;
    assert_int_equal(advice->best, 1);
    assert_int_equal(advice->advised, 1);
    assert_near(advice->rows[1].score.estimate, sqrt(0.6), 1e-9);
    assert_near(advice->rows[1].p_best, 1, 1e-9);
    assert_int_equal(advice->rows[3].dominated_by == RECOMMEND_NONE, 0);
    assert_int_equal(advice->rows[1].dominated_by, RECOMMEND_NONE);
    expect_said(&bare, "Worth switching? Yes: run on jemalloc, -23 %");
    expect_said(&bare, "memory -40 %");
    expect_said(&bare, "How: Debian package package, link line -llibrary.");
    expect_said(&bare, "no other weight of memory changes the best estimate");
}

/* Another allocator does not cure a leak of the application, however cheap it is. */
static void test_leaking_application(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, ROWS, 5, &bare);
    for (size_t row = 0; row < ROWS; row++) {
        set_all(&bare, row, METRIC_RSS_ANON_PLATEAU, row == 1 ? 0.6e6 : 1e6);
        bare_set_verdict(&bare, row, ROLE_PEER, VERDICT_LEAK, CONFIDENCE_HIGH);
    }
    recommend(&bare, NULL);
    assert_int_equal(bare.workload.advice.advised, 1);
    expect_said(&bare, "Worth switching? Not for the leak: mend the application first. While it "
                       "grows, jemalloc costs least, -23 %");
}

/* A row that shows the price of profiling is measured, and never recommended. */
static void test_diagnostic_row(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    struct run_row profiled = {.diagnostic = true};
    bare_build(rows, ROWS, 5, &bare);
    for (size_t row = 0; row < ROWS; row++)
        set_all(&bare, row, METRIC_RSS_ANON_PLATEAU, row == 1 ? 0.6e6 : 1e6);
    profiled.name = bare.workload.rows[1].row->name;
    bare.workload.rows[1].row = &profiled;
    recommend(&bare, NULL);
    assert_int_equal(bare.workload.advice.best, 0);
    expect_said(&bare, "(it shows what a tool costs)");
}

static void test_too_small_a_gain(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, ROWS, 5, &bare);
    set_all(&bare, 0, METRIC_RSS_ANON_PLATEAU, 1e6);
    set_all(&bare, 1, METRIC_RSS_ANON_PLATEAU, 0.93e6);
    set_all(&bare, 2, METRIC_RSS_ANON_PLATEAU, 1e6);
    set_all(&bare, 3, METRIC_RSS_ANON_PLATEAU, 1e6);
    recommend(&bare, NULL);
    assert_int_equal(bare.workload.advice.best, 1);
    assert_int_equal(bare.workload.advice.advised, 0);
    expect_said(&bare, "Worth switching? No: stay with glibc. The best estimate is jemalloc");
    expect_said(&bare, "To try it: Debian package");
}

/* Three blocks that agree by chance: the interval has a loss in it. */
static void test_three_lucky_blocks(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    static const double glibc[] = {1e6, 1e6, 1e6}, lucky[] = {0.98e6, 0.60e6, 0.97e6};
    bare_build(rows, 2, 3, &bare);
    bare_set(&bare, 0, ROLE_PEER, METRIC_RSS_ANON_PLATEAU, glibc);
    bare_set(&bare, 1, ROLE_PEER, METRIC_RSS_ANON_PLATEAU, lucky);
    recommend(&bare, NULL);
    assert_near(bare.workload.advice.rows[1].p_best, 1, 1e-9);
    assert_true(bare.workload.advice.rows[1].score.estimate < 0.95);
    assert_int_equal(bare.workload.advice.advised, 0);
    expect_said(&bare, "a gain of 5 % and an interval without loss.");
    expect_said(&bare, "3 blocks are few");
}

/* Settings of one allocator gain as much as it does: each is the best in a third of the draws. */
static void test_settings_do_not_hold_each_other_off(void **state)
{
    (void)state;
    enum { SETTINGS = 4 };
    static const char *const names[SETTINGS] = {"glibc", "jemalloc+background", "jemalloc",
                                                "jemalloc+decay0"};
    static const double memory[SETTINGS][10] = {
        {100, 101, 99, 100, 102, 100, 99, 101, 100, 100},
        {49, 51, 50, 49, 51, 50, 49, 51, 50, 50},
        {51, 49, 50, 51, 49, 50, 51, 49, 50, 50.5},
        {50, 50, 48, 52, 50, 48, 52, 50, 51, 50},
    };
    static char setting[] = "MALLOC_CONF=x";
    char *environment[] = {setting, NULL};
    for (size_t blocks = 3; blocks <= 10; blocks++) {
        AUTO(bare_result) struct bare_result bare;
        bare_build(names, SETTINGS, blocks, &bare);
        struct run_row set[SETTINGS];
        for (size_t row = 0; row < SETTINGS; row++) {
            bare_set(&bare, row, ROLE_PEER, METRIC_RSS_ANON_PLATEAU, memory[row]);
            set[row] = *bare.workload.rows[row].row;
            if (row % 2 == 1)
                set[row].environment = environment;
            bare.workload.rows[row].row = &set[row];
        }
        recommend(&bare, NULL);
        assert_int_equal(bare.workload.advice.advised, 2);
        assert_true(bare.workload.advice.rows[1].p_best < RECOMMEND_P_BEST);
        expect_said(&bare, "Yes: run on jemalloc, -29 %");
        expect_said(&bare, "Not told apart from it: jemalloc+background, jemalloc+decay0.");
    }
}

/* Of fewer than five blocks the share that drawing them again gives is no figure to be told. */
static void test_p_best_of_few_blocks(void **state)
{
    (void)state;
    static const struct {
        size_t blocks;
        double other; /* against 1e6 of the incumbent */
        bool told;
        const char *answer;
    } cases[] = {
        {3, 0.5e6, false, "Yes: run on jemalloc"}, {4, 0.5e6, false, "Yes: run on jemalloc"},
        {5, 0.5e6, true, "Yes: run on jemalloc"},  {3, 2e6, false, "Stay with glibc"},
        {5, 2e6, true, "Stay with glibc"},         {4, 0.97e6, false, "No: stay with glibc"},
        {5, 0.97e6, true, "No: stay with glibc"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO(bare_result) struct bare_result bare;
        bare_build(rows, 2, cases[i].blocks, &bare);
        set_all(&bare, 0, METRIC_RSS_ANON_PLATEAU, 1e6);
        set_all(&bare, 1, METRIC_RSS_ANON_PLATEAU, cases[i].other);
        recommend(&bare, NULL);
        expect_said(&bare, cases[i].answer);
        bool said = strstr(bare.workload.recommendation, "drawn again") != NULL;
        if (said != cases[i].told || isnan(recommend_p_best(&bare.workload.advice, 1)) == said)
            fail_msg("%zu blocks: %s", cases[i].blocks, bare.workload.recommendation);
    }
}

static void test_no_spread(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    static const double glibc[] = {1e6, 1e6, 1e6}, other[] = {0.5e6, 0.5e6, 0.5e6};
    bare_build(rows, 2, 3, &bare);
    bare_set(&bare, 0, ROLE_PEER, METRIC_RSS_ANON_PLATEAU, glibc);
    bare_set(&bare, 1, ROLE_PEER, METRIC_RSS_ANON_PLATEAU, other);
    recommend(&bare, NULL);
    expect_said(&bare, "memory -50 % (the same in every block)");
}

static void test_one_block(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, 2, 1, &bare);
    set_all(&bare, 1, METRIC_RSS_ANON_PLATEAU, 100);
    recommend(&bare, NULL);
    assert_int_equal(bare.workload.advice.best, 1);
    assert_int_equal(bare.workload.advice.advised, 0);
    expect_said(
        &bare, "One block cannot tell: stay with glibc until there are more. The best estimate is");
    expect_said(&bare, "Measure three blocks or more");
}

static void test_left_out(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    static const char *const barred[ROWS] = {NULL, NULL, NULL, "over its ceiling"};
    bare_build(rows, ROWS, 3, &bare);
    bare_set_verdict(&bare, 1, ROLE_PEER, VERDICT_LEAK, CONFIDENCE_HIGH);
    bare_spoil(&bare, 2);
    set_all(&bare, 3, METRIC_RSS_ANON_PLATEAU, 1);
    recommend(&bare, barred);
    assert_int_equal(bare.workload.advice.candidates, 1);
    assert_int_equal(bare.workload.advice.reference, 0);
    expect_said(&bare, "glibc is the only row left");
    expect_said(&bare, "jemalloc (live grows on it and not on others)");
    expect_said(&bare, "mimalloc (no valid trial)");
    expect_said(&bare, "tcmalloc (over its ceiling)");
}

static void test_one_row(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, 1, 3, &bare);
    recommend(&bare, NULL);
    expect_said(&bare, "Only glibc was measured, so there is nothing to choose.");
}

/* A leak on all rows is the application's, and bars none. */
static void test_leak_of_all(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, ROWS, 3, &bare);
    for (size_t row = 0; row < ROWS; row++)
        bare_set_verdict(&bare, row, ROLE_PEER, VERDICT_LEAK, CONFIDENCE_HIGH);
    recommend(&bare, NULL);
    assert_int_equal(bare.workload.advice.candidates, ROWS);
}

static void test_no_incumbent(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows + 1, 2, 5, &bare);
    set_all(&bare, 1, METRIC_RSS_ANON_PLATEAU, 500);
    recommend(&bare, NULL);
    assert_int_equal(bare.workload.advice.best, 1);
    assert_false(bare.workload.advice.has_incumbent);
    expect_said(&bare, "whether to leave glibc cannot be said");
}

static void test_flip(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, 2, 5, &bare);
    set_all(&bare, 0, METRIC_RSS_ANON_PLATEAU, 1e6);
    set_all(&bare, 1, METRIC_RSS_ANON_PLATEAU, 0.5e6);
    set_all(&bare, 0, METRIC_CPU_PER_1000_CYCLES, 1e9);
    set_all(&bare, 1, METRIC_CPU_PER_1000_CYCLES, 2e9);
    set_all(&bare, 0, METRIC_JOIN_P99, 1e6);
    set_all(&bare, 1, METRIC_JOIN_P99, 1e6);
    recommend(&bare, NULL);
    /* w log .5 + (1 - w) / 2 log 2 = -log .95 at w = 0.284; glibc below. */
    assert_int_equal(bare.workload.advice.best, 1);
    assert_int_equal(bare.workload.advice.flip_below_row, 0);
    assert_near(bare.workload.advice.flip_below, 0.284, 0.011);
    assert_int_equal(bare.workload.advice.flip_above_row, RECOMMEND_NONE);
    expect_said(&bare, "with memory at 28 % or less it would be glibc");
}

/* A term that one row cannot tell weighs nothing for all. */
static void test_untold_term(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    static const double untold[] = {NAN, NAN, NAN};
    bare_build(rows, 2, 3, &bare);
    bare_set(&bare, 1, ROLE_PEER, METRIC_JOIN_P99, untold);
    recommend(&bare, NULL);
    assert_near(bare.workload.advice.weights.share[TERM_LATENCY], 0, 1e-12);
    assert_near(bare.workload.advice.weights.share[TERM_MEMORY], 2.0 / 3, 1e-12);
    assert_int_equal(bare.workload.advice.blocks, 3);
}

static void test_needless_switches(void **state)
{
    (void)state;
    enum { SESSIONS = 200 };
    uint64_t random = 7;
    static const struct {
        enum metric_id metric;
        double spread;
    } terms[] = {{METRIC_RSS_ANON_PLATEAU, 0.03},
                 {METRIC_CPU_PER_1000_CYCLES, 0.05},
                 {METRIC_JOIN_P99, 0.20}};
    int switched = 0;
    for (int session = 0; session < SESSIONS; session++) {
        AUTO(bare_result) struct bare_result bare;
        bare_build(rows, ROWS, 3, &bare);
        for (size_t row = 0; row < ROWS; row++) {
            for (size_t t = 0; t < ARRAY_LENGTH(terms); t++) {
                double values[3];
                for (size_t i = 0; i < 3; i++)
                    values[i] = 1e6 * exp(terms[t].spread * draw_normal(&random));
                bare_set(&bare, row, ROLE_PEER, terms[t].metric, values);
            }
        }
        recommend(&bare, NULL);
        switched += bare.workload.advice.advised != 0;
    }
    print_message("equal rows, three blocks: %d needless switches of %d\n", switched, SESSIONS);
    assert_between(switched, 0, SESSIONS * 3 / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_clear_winner),
        cmocka_unit_test(test_leaking_application),
        cmocka_unit_test(test_diagnostic_row),
        cmocka_unit_test(test_too_small_a_gain),
        cmocka_unit_test(test_three_lucky_blocks),
        cmocka_unit_test(test_settings_do_not_hold_each_other_off),
        cmocka_unit_test(test_p_best_of_few_blocks),
        cmocka_unit_test(test_no_spread),
        cmocka_unit_test(test_one_block),
        cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_one_row),
        cmocka_unit_test(test_leak_of_all),
        cmocka_unit_test(test_no_incumbent),
        cmocka_unit_test(test_flip),
        cmocka_unit_test(test_untold_term),
        cmocka_unit_test(test_needless_switches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
