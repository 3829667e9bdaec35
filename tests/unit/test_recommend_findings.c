#include <stdlib.h>
#include <string.h>

#include "assert_near.h"
#include "bare_result.h"
#include "roles.h"

enum { BLOCKS = 5, MIB = 1 << 20 };

static const char *const rows[] = {"glibc", "jemalloc"};

/* The same in all blocks. */
static void set_mib(struct bare_result *bare, size_t row, enum metric_id metric, double mib)
{
    double values[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++)
        values[i] = mib * MIB;
    bare_set(bare, row, ROLE_PEER, metric, values);
}

static void recommend(struct bare_result *bare)
{
    result_recommend(&bare->workload, BLOCKS, &recommend_weights_default, NULL);
}

static void expect_said(const struct bare_result *bare, const char *phrase)
{
    if (!strstr(bare->workload.recommendation, phrase))
        fail_msg("not said: %s\nin: %s", phrase, bare->workload.recommendation);
}

/* glibc, and jemalloc that is cheaper by far: what do findings say of the switch? */
static void build_cheaper(struct bare_result *bare)
{
    bare_build(rows, 2, BLOCKS, bare);
    set_mib(bare, 0, METRIC_RSS_ANON_PLATEAU, 20);
    set_mib(bare, 1, METRIC_RSS_ANON_PLATEAU, 10);
}

static void expect_unsaid(const struct bare_result *bare, const char *phrase)
{
    if (strstr(bare->workload.recommendation, phrase))
        fail_msg("said: %s\nin: %s", phrase, bare->workload.recommendation);
}

/* No row changes what grows outside the allocator, be it cheaper or not. */
static void test_growth_outside(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    build_cheaper(&bare);
    bare_add_finding(&bare, 0, ROLE_PEER, FINDING_OUTSIDE_GROWS, 1e6);
    recommend(&bare);
    expect_said(&bare, "Worth switching? Yes: run on jemalloc");
    bare_add_finding(&bare, 1, ROLE_PEER, FINDING_OUTSIDE_GROWS, 1e6);
    recommend(&bare);
    expect_said(&bare, "Worth switching? Not for the growth, which lies outside the allocator on "
                       "every row. While it grows, jemalloc costs least, -");
    set_mib(&bare, 1, METRIC_RSS_ANON_PLATEAU, 20);
    recommend(&bare);
    expect_said(&bare, "No row stops the growth: it lies outside the allocator on every row.");
}

/* A row that keeps more with each cycle is not advised where the incumbent does not grow. */
static void test_keeps_more_alone(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    build_cheaper(&bare);
    bare_add_finding(&bare, 1, ROLE_PEER, FINDING_KEPT_GROWS, 1200);
    recommend(&bare);
    assert_int_equal(bare.workload.advice.best, 1);
    assert_int_equal(bare.workload.advice.advised, 0);
    expect_said(&bare, "No: stay with glibc. The best estimate is jemalloc");
    expect_said(&bare, "but what jemalloc keeps grows by 1.20 kB per cycle, and on glibc nothing "
                       "grows: the longer it runs, the less is gained.");
    bare_add_finding(&bare, 0, ROLE_PEER, FINDING_KEPT_GROWS, 1500);
    recommend(&bare);
    assert_int_equal(bare.workload.advice.advised, 1);
    expect_unsaid(&bare, "nothing grows");
}

/* The incumbent stays, but it is the one that grows. */
static void test_incumbent_keeps_more(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    build_cheaper(&bare);
    set_mib(&bare, 1, METRIC_RSS_ANON_PLATEAU, 30);
    bare_add_finding(&bare, 0, ROLE_PEER, FINDING_NOT_LIVE_GROWS, 800);
    recommend(&bare);
    expect_said(&bare, "Stay with glibc");
    expect_said(&bare, "But on glibc what is not live grows by 800 B per cycle, and on jemalloc "
                       "nothing grows: a longer run may turn the answer.");
}

static void test_whose_difference(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    static const double untold[] = {NAN, NAN, NAN, NAN, NAN};
    static const struct {
        enum metric_id metric;
        double mib[2];
    } levels[] = {{METRIC_RSS_END, {20, 10}},
                  {METRIC_KEPT_END, {11, 0.5}},
                  {METRIC_LIVE_RESIDENT_END, {4, 5}},
                  {METRIC_OUTSIDE_END, {5, 4.5}}};
    build_cheaper(&bare);
    for (size_t i = 0; i < ARRAY_LENGTH(levels); i++)
        for (size_t row = 0; row < 2; row++)
            set_mib(&bare, row, levels[i].metric, levels[i].mib[row]);
    recommend(&bare);
    expect_said(&bare, "At the end jemalloc has 10.0 MiB less RSS than glibc: kept by the "
                       "allocator -10.5 MiB, live +1.00 MiB, outside -0.50 MiB.");
    bare_set(&bare, 0, ROLE_PEER, METRIC_KEPT_END, untold);
    recommend(&bare);
    expect_said(&bare, "whose that is cannot be told, since what is kept is not told on glibc.");
}

/* What would return it, told for the row that is to be run, only where it is found to keep. */
static void test_what_returns_it(void **state)
{
    (void)state;
    static const struct {
        double quiet_mib, released_mib;
        const char *said;
    } cases[] = {
        {20, 12, " When asked (malloc_trim(0)), anonymous RSS goes from 20.0 MiB to 12.0 MiB."},
        {14, 14, " Unasked, within 30 s of quiet, anonymous RSS goes from 20.0 MiB to 14.0 MiB."},
        {20, 19, " Neither quiet nor the release call returns a third of it."},
    };
    static const char *const tuned_rows[] = {"glibc", "jemalloc", "glibc+arena1"};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO(bare_result) struct bare_result bare;
        bare_build(tuned_rows, 3, BLOCKS, &bare);
        bare.spec.quiet_ns = INT64_C(30) * 1000 * 1000 * 1000;
        bare.workload.rows[0].holding.call = "malloc_trim(0)";
        free(bare.stored.run.rows[2].allocator);
        bare.stored.run.rows[2].allocator = strdup("glibc");
        set_mib(&bare, 0, METRIC_KEPT_END, 10);
        set_mib(&bare, 1, METRIC_KEPT_END, 1);
        set_mib(&bare, 2, METRIC_KEPT_END, 2);
        set_mib(&bare, 0, METRIC_RSS_ANON_END, 20);
        set_mib(&bare, 0, METRIC_RSS_ANON_QUIET, cases[i].quiet_mib);
        set_mib(&bare, 0, METRIC_RSS_ANON_RELEASED, cases[i].released_mib);
        recommend(&bare);
        expect_unsaid(&bare, "nobody holds");
        bare_add_finding(&bare, 0, ROLE_PEER, FINDING_KEPT_LEVEL, 10 * MIB);
        recommend(&bare);
        expect_said(&bare, "glibc keeps 10.0 MiB that nobody holds.");
        expect_said(&bare, cases[i].said);
        expect_said(&bare, " Without leaving glibc, glibc+arena1 keeps 2.00 MiB.");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_growth_outside),       cmocka_unit_test(test_keeps_more_alone),
        cmocka_unit_test(test_incumbent_keeps_more), cmocka_unit_test(test_whose_difference),
        cmocka_unit_test(test_what_returns_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
