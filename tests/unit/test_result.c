#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assert_near.h"
#include "estimate.h"
#include "made_up_runs.h"
#include "number.h"
#include "result.h"
#include "roles.h"
#include "synthetic_run.h"

static double *values_of(const double *from, size_t count)
{
    double *values = malloc((count ? count : 1) * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < count; i++)
        values[i] = from[i];
    return values;
}

static void test_estimates(void **state)
{
    (void)state;
    static const struct {
        double values[5];
        size_t count;
        double median, min, max, low, high;
    } cases[] = {
        /* t(.975, 2) = 4.302653, sd 1, sqrt(3): half width 2.484138 */
        {{3, 1, 2}, 3, 2, 1, 3, -0.484138, 4.484138},
        {{4, NAN, 2}, 3, 3, 2, 4, -9.706205, 15.706205},
        {{7}, 1, 7, 7, 7, NAN, NAN},
        {{5, 5}, 2, 5, 5, 5, 5, 5},
        {{NAN, NAN}, 2, NAN, NAN, NAN, NAN, NAN},
        {{0}, 0, NAN, NAN, NAN, NAN, NAN},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct estimate estimate;
        estimate_build(values_of(cases[i].values, cases[i].count), cases[i].count, "why not",
                       &estimate);
        assert_near(estimate.median, cases[i].median, 0);
        assert_near(estimate.min, cases[i].min, 0);
        assert_near(estimate.max, cases[i].max, 0);
        assert_near(estimate.low, cases[i].low, 1e-6);
        assert_near(estimate.high, cases[i].high, 1e-6);
        assert_int_equal(estimate.count, cases[i].count);
        if (isnan(cases[i].median))
            assert_string_equal(estimate.unavailable, "why not");
        else
            assert_null(estimate.unavailable);
        estimate_release(&estimate);
    }
}

/* Half was given back in one block and not in the other: longer than was waited, and not the one.
 */
static void test_a_time_that_a_block_lacks_is_not_told(void **state)
{
    (void)state;
    for (int64_t blocks = 1; blocks <= 2; blocks++) {
        AUTO(stored_run) struct stored_run stored = {0};
        AUTO(result) struct result result = {0};
        const struct synthetic_run plan = {
            .workloads = synthetic_discovery, .workload_count = 1, .blocks = blocks};
        synthetic_run_build(&plan, &stored);
        struct record *first = synthetic_record(&stored, "discovery", "glibc", 1);
        struct record_sample back = first->samples[first->sample_count - 1];
        back.role = RECORD_PRIMARY;
        back.elapsed_ns = first->phase_end_ns[PHASE_CHURN] + 1;
        back.rss_anon_bytes = 0;
        record_add_sample(first, &back);
        result_build(&stored, &result);
        const struct estimate *time =
            &result.workloads[0].rows[0].subjects[0].metric[METRIC_HALF_BACK_TIME];
        assert_true(isnan(time->median) == (blocks == 2));
        if (blocks == 2)
            assert_non_null(strstr(time->unavailable, "not given back"));
    }
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},         {0.004, "0.00"},    {-0.004, "0.00"},
        {0.637, "0.64"},  {9.996, "10.00"},   {26.14, "26.1"},
        {134.4, "134"},   {999.6, "1000"},    {1234, "1230"},
        {35219, "35200"}, {-35219, "-35200"}, {-2.5, "-2.50"},
        {NAN, "n/a"},     {INFINITY, "n/a"},  {1e15, "1000000000000000"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char text[NUMBER_TEXT_MAX];
        assert_string_equal(number_format(cases[i].value, text, sizeof text), cases[i].text);
    }
}

static bool has_note(const struct result_row *row, enum result_note_kind kind, int64_t block,
                     int64_t attempt)
{
    for (size_t i = 0; i < row->note_count; i++)
        if (row->notes[i].kind == kind && row->notes[i].block == block &&
            row->notes[i].attempt == attempt)
            return true;
    return false;
}

static void test_last_valid_attempt_counts(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    made_up_mixed(&stored);
    result_build(&stored, &result);
    assert_int_equal(result.missing, 1);
    assert_false(result.complete);
    assert_int_equal(result.workload_count, 1);
    const struct result_row *rows = result.workloads[0].rows;

    assert_int_equal(rows[0].valid, 2); /* glibc: the noisy attempt was repeated */
    assert_int_equal(rows[0].repeated, 1);
    assert_int_equal(rows[0].noisy, 0);
    assert_int_equal(rows[0].records[0]->attempt, 2);
    assert_true(has_note(&rows[0], NOTE_REPEATED, 1, 1));

    assert_int_equal(rows[1].valid, 1); /* jemalloc+prof: block 2 is invalid */
    assert_int_equal(rows[1].invalid, 1);
    assert_int_equal(rows[1].missing, 1);
    assert_true(has_note(&rows[1], NOTE_INVALID, 2, 1));

    assert_int_equal(rows[2].valid, 2); /* mimalloc: noisy, and kept */
    assert_int_equal(rows[2].noisy, 1);
    assert_true(has_note(&rows[2], NOTE_NOISY, 2, 1));
}

static void test_invalid_after_valid_does_not_count(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    made_up_mixed(&stored);
    stored.records[stored.record_count - 1].outcome = RECORD_FAILED; /* glibc, block 1, second */
    result_build(&stored, &result);
    const struct result_row *glibc = &result.workloads[0].rows[0];
    assert_int_equal(glibc->valid, 2);
    assert_int_equal(glibc->records[0]->attempt, 1);
    assert_int_equal(glibc->failed, 1);
    assert_int_equal(glibc->noisy, 1);
    assert_true(has_note(glibc, NOTE_FAILED, 1, 2));
}

static void test_numbers_of_valid_trials_only(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    made_up_mixed(&stored);
    result_build(&stored, &result);
    const struct result_subject *glibc = &result.workloads[0].rows[0].subjects[ROLE_PEER];
    const struct result_subject *prof = &result.workloads[0].rows[1].subjects[ROLE_PEER];
    const struct result_subject *mimalloc = &result.workloads[0].rows[2].subjects[ROLE_PEER];

    assert_near(glibc->metric[METRIC_LIVE_PER_CYCLE].median, 35200, 1);
    assert_near(glibc->metric[METRIC_RSS_ANON_END].median, 26744 * 1024, 26744 * 1024 * 0.031);
    assert_int_equal(glibc->verdict.kind, VERDICT_LEAK);
    assert_int_equal(glibc->live, SIGNAL_GROW);
    assert_int_equal(glibc->rss_anon, SIGNAL_GROW);

    assert_int_equal(prof->metric[METRIC_RSS_ANON_END].count, 1);
    assert_true(isnan(prof->metric[METRIC_RSS_ANON_END].low));

    assert_false(mimalloc->live_available);
    assert_true(isnan(mimalloc->metric[METRIC_LIVE_END].median));
    assert_non_null(strstr(mimalloc->metric[METRIC_LIVE_END].unavailable, "no counter"));
    assert_int_equal(mimalloc->verdict.kind, VERDICT_INCONCLUSIVE);
    assert_int_equal(mimalloc->rss_anon, SIGNAL_GROW);
}

static void test_curve(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    made_up_mixed(&stored);
    result_build(&stored, &result);
    const struct result_subject *glibc = &result.workloads[0].rows[0].subjects[ROLE_PEER];
    const struct result_curve *curve = &glibc->rss_anon_curve;
    assert_near(curve->median[0], glibc->metric[METRIC_RSS_ANON_START].median, 40960);
    for (size_t i = 0; i < RESULT_CURVE_POINTS; i++) {
        double from = 26744 - 1.05 * 35200 * 256 / 1024; /* once the first peers are there */
        double expected = 1024 * (from + (26744 - from) * (double)i / (RESULT_CURVE_POINTS - 1));
        assert_true(curve->min[i] <= curve->median[i] && curve->median[i] <= curve->max[i]);
        if (i < 2 * RESULT_CURVE_POINTS / 64) /* the step to it, in the first round */
            continue;
        /* noise, and a step of one round of 64 */
        assert_near(curve->median[i], expected, expected * 0.061 + 26744 * 1024 / 64.0 + 4096);
    }
}

static void test_nothing_valid(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    made_up_nothing(&stored);
    result_build(&stored, &result);
    assert_int_equal(result.missing, 9);
    for (size_t r = 0; r < result.workloads[0].row_count; r++) {
        const struct result_row *row = &result.workloads[0].rows[r];
        assert_int_equal(row->valid, 0);
        assert_null(row->version);
        assert_true(has_note(row, NOTE_MISSING, 3, 0));
        for (size_t id = 0; id < METRIC_COUNT; id++)
            assert_string_equal(row->subjects[ROLE_PEER].metric[id].unavailable,
                                "no trial is valid");
        assert_true(isnan(row->subjects[ROLE_PEER].rss_anon_curve.median[0]));
        assert_int_equal(row->subjects[ROLE_PEER].verdict.kind, VERDICT_INCONCLUSIVE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_estimates),
        cmocka_unit_test(test_a_time_that_a_block_lacks_is_not_told),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_last_valid_attempt_counts),
        cmocka_unit_test(test_invalid_after_valid_does_not_count),
        cmocka_unit_test(test_numbers_of_valid_trials_only),
        cmocka_unit_test(test_curve),
        cmocka_unit_test(test_nothing_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
