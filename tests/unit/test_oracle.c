/* The GNU Scientific Library as a second opinion on quantiles, Student's t and its interval. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>

#include <cmocka.h>

#include "assert_near.h"
#include "cleanup.h"
#include "draw.h"
#include "interval.h"
#include "order.h"
#include "student.h"

static void quantiles(void **state)
{
    (void)state;
    uint64_t seed = 21;
    for (size_t count = 1; count <= 60; count++) {
        double values[60];
        for (size_t i = 0; i < count; i++)
            values[i] = draw_normal(&seed);
        assert_int_equal(order_sort(values, count), count);
        for (int percent = 0; percent <= 100; percent++) {
            double q = percent / 100.0;
            assert_near(order_quantile_sorted(values, count, q),
                        gsl_stats_quantile_from_sorted_data(values, 1, count, q), 1e-12);
        }
    }
}

static const double freedoms[] = {0.5, 1, 1.7, 2, 3, 4, 9, 29.5, 100, 1e4, 1e6};

/* Above 30 degrees of freedom GSL expands in a series that is off by 5e-7 at t = 30: stay at 10. */
static void student_tails(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(freedoms); i++) {
        for (double t = -10; t <= 10; t += 0.37) {
            double expected = gsl_cdf_tdist_Q(t, freedoms[i]);
            assert_near(student_upper_tail(t, freedoms[i]), expected, 1e-8 * expected);
        }
    }
}

static void student_quantiles(void **state)
{
    (void)state;
    static const double levels[] = {0.001, 0.025, 0.05, 0.3, 0.5, 0.6, 0.9, 0.95, 0.975, 0.9995};
    for (size_t i = 0; i < ARRAY_LENGTH(freedoms); i++) {
        for (size_t k = 0; k < ARRAY_LENGTH(levels); k++) {
            double expected = gsl_cdf_tdist_Pinv(levels[k], freedoms[i]);
            assert_near(student_quantile(levels[k], freedoms[i]), expected,
                        1e-8 * (1 + fabs(expected)));
        }
    }
}

static void intervals(void **state)
{
    (void)state;
    uint64_t seed = 22;
    for (size_t count = 2; count <= 30; count++) {
        double values[30];
        for (size_t i = 0; i < count; i++)
            values[i] = 100 + 5 * draw_normal(&seed);
        double mean = gsl_stats_mean(values, 1, count);
        double half = gsl_cdf_tdist_Pinv(0.975, (double)count - 1) *
                      gsl_stats_sd(values, 1, count) / sqrt((double)count);
        struct interval interval = interval_mean(values, count, 0.95);
        assert_near(interval.estimate, mean, 1e-10);
        assert_near(interval.low, mean - half, 1e-6);
        assert_near(interval.high, mean + half, 1e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles),
        cmocka_unit_test(student_tails),
        cmocka_unit_test(student_quantiles),
        cmocka_unit_test(intervals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
