/* latency.c: a quantile is the one of the times themselves, within 1.6 %. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assert_near.h"
#include "latency.h"

static void test_none(void **state)
{
    (void)state;
    static const struct latency none;
    assert_int_equal(latency_quantile_ns(&none, 0.99), 0);
}

static void test_quantiles(void **state)
{
    (void)state;
    static struct latency latency;
    for (int64_t i = 1; i <= 1000; i++)
        latency_add(&latency, i * 12345);
    assert_near((double)latency_quantile_ns(&latency, 0.50), 500 * 12345., 0.016 * 500 * 12345);
    assert_near((double)latency_quantile_ns(&latency, 0.99), 990 * 12345., 0.016 * 990 * 12345);
    assert_near((double)latency_quantile_ns(&latency, 1), 1000 * 12345., 0.016 * 1000 * 12345);
}

/* Of one time alone, from nothing to longer than anybody waits. */
static void test_ends(void **state)
{
    (void)state;
    static const struct {
        int64_t ns;
        double least, most;
    } cases[] = {{0, 1, 1100},
                 {1023, 1, 1100},
                 {1000000, 984000, 1016000},
                 {3600000000000, 1.0e12, 3.7e12},
                 {INT64_MAX, 1e12, 1e13}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct latency latency = {.count = 0};
        latency_add(&latency, cases[i].ns);
        const double said = (double)latency_quantile_ns(&latency, 0.99);
        assert_true(said >= cases[i].least && said <= cases[i].most);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none), cmocka_unit_test(test_quantiles), cmocka_unit_test(test_ends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
