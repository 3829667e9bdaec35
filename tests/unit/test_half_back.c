/* The time until half was given back: one definition, of the metric and of tune. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "assert_near.h"
#include "cleanup.h"
#include "clock.h"
#include "metric_samples.h"

#define KIB(n) (INT64_C(1024) * (n))
#define MIB(n) (KIB(1024) * (n))

static void add_sample(struct record *record, int64_t elapsed_s, int64_t anon_bytes)
{
    struct record_sample sample;
    record_sample_init(&sample);
    sample.elapsed_ns = elapsed_s * CLOCK_NS_PER_S;
    sample.rss_anon_bytes = anon_bytes;
    record_add_sample(record, &sample);
}

/* A load of ten seconds from 1 MiB to a peak and down to a level; then two looks in five seconds of
 * quiet time. */
static const struct {
    int64_t peak_bytes, end_bytes, after_1s_bytes, after_4s_bytes;
    double time_s;
    bool never;
    const char *why; /* there is none */
} cases[] = {
    {MIB(9), MIB(9), MIB(6), MIB(5), 4, false, NULL},
    {MIB(9), MIB(9), MIB(5), MIB(5), 1, false, NULL},
    {MIB(50), MIB(40), MIB(25), MIB(5), 1, false, NULL},
    {MIB(50), MIB(9), MIB(9), MIB(9), 0, false, NULL},
    {MIB(9), MIB(9), MIB(8), MIB(6), 5, true, "not given back within the quiet time"},
    {MIB(1) + KIB(200), MIB(1), MIB(1), MIB(1), NAN, false, "nothing to give back"},
};

static void test_half_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(record) struct record record;
        const char *why = "", *metric_why = "";
        bool never = true;
        record_init(&record);
        (void)record_add_role(&record, "peer", true);
        struct record_role *role = &record.roles[RECORD_PRIMARY];
        role->snapshot[PHASE_START] =
            (struct record_snapshot){.taken = true, .rss_anon_bytes = MIB(1)};
        role->snapshot[PHASE_CHURN] =
            (struct record_snapshot){.taken = true, .rss_anon_bytes = cases[i].end_bytes};
        record.phase_end_ns[PHASE_CHURN] = 10LL * CLOCK_NS_PER_S;
        record.phase_end_ns[PHASE_QUIET] = 15LL * CLOCK_NS_PER_S;
        add_sample(&record, 5, cases[i].peak_bytes);
        add_sample(&record, 11, cases[i].after_1s_bytes);
        add_sample(&record, 14, cases[i].after_4s_bytes);
        const struct metric_input input = {.record = &record, .role = RECORD_PRIMARY};
        const double time_ns = metric_half_back(&input, &never, &why);
        const double metric_ns = metric_of(METRIC_HALF_BACK_TIME, &input, &metric_why);
        assert_int_equal(never, cases[i].never);
        assert_int_equal(isnan(time_ns), isnan(cases[i].time_s));
        assert_int_equal(isnan(metric_ns), cases[i].why != NULL);
        if (!isnan(time_ns))
            assert_near(time_ns, cases[i].time_s * 1e9, 0);
        if (cases[i].why && !strstr(metric_why, cases[i].why))
            fail_msg("'%s' lacks '%s'", metric_why, cases[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_half_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
