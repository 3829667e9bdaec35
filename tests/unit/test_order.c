#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assert_near.h"
#include "cleanup.h"
#include "draw.h"
#include "order.h"

static const struct quantile_case {
    double values[6];
    size_t count;
    double q;
    double expected;
} quantile_cases[] = {
    {{0}, 0, 0.5, NAN},
    {{7}, 1, 0, 7},
    {{7}, 1, 0.5, 7},
    {{7}, 1, 1, 7},
    {{2, 1}, 2, 0.5, 1.5},
    {{3, 1, 2}, 3, 0.5, 2},
    {{4, 1, 3, 2}, 4, 0.25, 1.75},
    {{4, 1, 3, 2}, 4, 1, 4},
    {{4, 1, 3, 2}, 4, 0, 1},
    {{5, 5, 5, 5, 5, 5}, 6, 0.9, 5},
    {{-1, NAN, 1}, 3, 0.5, 0},
    {{NAN, 8, NAN, NAN}, 4, 0.75, 8},
    {{NAN, NAN}, 2, 0.5, NAN},
};

static void quantiles_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(quantile_cases); i++) {
        struct quantile_case row = quantile_cases[i];
        assert_near(order_quantile(row.values, row.count, row.q), row.expected, 1e-15);
        size_t present = order_sort(row.values, row.count);
        assert_near(order_quantile_sorted(row.values, present, row.q), row.expected, 1e-15);
    }
}

static void missing_values_are_last(void **state)
{
    (void)state;
    double values[] = {NAN, 3, NAN, 1, 2, NAN};
    assert_int_equal(order_sort(values, 6), 3);
    for (int i = 0; i < 3; i++) {
        assert_near(values[i], i + 1, 0);
        assert_true(isnan(values[i + 3]));
    }
}

static void median_leaves_its_input(void **state)
{
    (void)state;
    const double values[] = {3, NAN, 1, 2};
    assert_near(order_median(values, 4), 2, 0);
    assert_near(values[0], 3, 0);
    assert_true(isnan(order_median(NULL, 0)));
}

static void order_does_not_matter(void **state)
{
    (void)state;
    uint64_t seed = 1;
    double values[101];
    for (size_t i = 0; i < 101; i++)
        values[i] = draw_normal(&seed);
    double before = order_quantile(values, 101, 0.37);
    draw_shuffle(&seed, values, 101);
    assert_near(order_quantile(values, 101, 0.37), before, 0);
    for (size_t i = 0; i < 101; i++)
        values[i] = 3 * values[i] + 5;
    assert_near(order_quantile(values, 101, 0.37), 3 * before + 5, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_by_hand),
        cmocka_unit_test(missing_values_are_last),
        cmocka_unit_test(median_leaves_its_input),
        cmocka_unit_test(order_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
