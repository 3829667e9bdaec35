#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assert_between.h"
#include "assert_near.h"
#include "cleanup.h"
#include "draw.h"
#include "interval.h"
#include "student.h"

static const struct {
    double p, df, t;
} t_table[] = {
    {0.975, 1, 12.706204736432095}, {0.975, 2, 4.302652729749464}, {0.975, 4, 2.776445105198},
    {0.975, 9, 2.262157162740992},  {0.95, 2, 2.919985580353726},  {0.5, 3, 0},
    {0.025, 4, -2.776445105198},    {0.975, 1e6, 1.9599663},       {0.999, 1, 318.30883898555},
};

static void t_quantiles_by_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(t_table); i++)
        assert_near(student_quantile(t_table[i].p, t_table[i].df), t_table[i].t,
                    1e-7 * (1 + fabs(t_table[i].t)));
}

static void tails_at_the_edges(void **state)
{
    (void)state;
    assert_near(student_upper_tail(0, 3), 0.5, 1e-15);
    assert_near(student_upper_tail(INFINITY, 3), 0, 0);
    assert_near(student_upper_tail(-INFINITY, 3), 1, 0);
    assert_near(student_two_sided_p(-2.776445105198, 4), 0.05, 1e-12);
}

static void interval_by_hand(void **state)
{
    (void)state;
    const double values[] = {1, NAN, 2, 3};
    struct interval interval = interval_mean(values, 4, 0.95);
    assert_int_equal(interval.count, 3);
    assert_near(interval.estimate, 2, 0);
    assert_near(interval.high, 2 + 4.302652729749464 / sqrt(3), 1e-12);
    assert_near(interval.low, 2 - 4.302652729749464 / sqrt(3), 1e-12);
}

static void interval_at_the_edges(void **state)
{
    (void)state;
    const double one[] = {5};
    const double equal[] = {5, 5, 5};
    const double with_zero[] = {1, 0, 2};
    assert_true(isnan(interval_mean(one, 0, 0.95).estimate));
    assert_near(interval_mean(one, 1, 0.95).estimate, 5, 0);
    assert_true(isnan(interval_mean(one, 1, 0.95).low));
    assert_near(interval_mean(equal, 3, 0.95).low, 5, 0);
    assert_near(interval_mean(equal, 3, 0.95).high, 5, 0);
    assert_true(isnan(interval_geometric_mean(with_zero, 3, 0.95).estimate));
    assert_near(interval_geometric_mean(equal, 3, 0.95).high, 5, 1e-12);
}

static void geometric_mean_is_scale_free(void **state)
{
    (void)state;
    double values[] = {1, 10, NAN, 100};
    struct interval plain = interval_geometric_mean(values, 4, 0.95);
    assert_near(plain.estimate, 10, 1e-12);
    for (size_t i = 0; i < 4; i++)
        values[i] *= 7;
    struct interval scaled = interval_geometric_mean(values, 4, 0.95);
    assert_near(scaled.low / plain.low, 7, 1e-9);
    assert_near(scaled.high / plain.high, 7, 1e-9);
}

/* Of intervals that should hold the truth in 95 of 100 cases, how many do? */
static void coverage(void **state)
{
    (void)state;
    enum { DRAWS = 2000 };
    static const size_t repetitions[] = {3, 5, 10};
    uint64_t seed = 20261121;
    for (size_t i = 0; i < ARRAY_LENGTH(repetitions); i++) {
        size_t count = repetitions[i];
        int means = 0;
        int ratios = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            double values[10], factors[10];
            for (size_t k = 0; k < count; k++) {
                values[k] = 40 + 3 * draw_normal(&seed);
                factors[k] = 1.3 * exp(0.1 * draw_normal(&seed));
            }
            struct interval mean = interval_mean(values, count, 0.95);
            struct interval ratio = interval_geometric_mean(factors, count, 0.95);
            means += mean.low <= 40 && 40 <= mean.high;
            ratios += ratio.low <= 1.3 && 1.3 <= ratio.high;
        }
        print_message("R=%zu: mean %.2f %%, ratio %.2f %%\n", count, 100.0 * means / DRAWS,
                      100.0 * ratios / DRAWS);
        assert_between(means, DRAWS * 940 / 1000, DRAWS * 965 / 1000);
        assert_between(ratios, DRAWS * 940 / 1000, DRAWS * 965 / 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_quantiles_by_table),
        cmocka_unit_test(tails_at_the_edges),
        cmocka_unit_test(interval_by_hand),
        cmocka_unit_test(interval_at_the_edges),
        cmocka_unit_test(geometric_mean_is_scale_free),
        cmocka_unit_test(coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
