#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "assert_near.h"
#include "bootstrap.h"

static void a_row_that_always_wins(void **state)
{
    (void)state;
    const double scores[] = {0, 0, 0, 1, 2, 3, -1, -0.5, -0.2};
    double best[3];
    bootstrap_p_best(scores, 3, 3, 1, best);
    assert_near(best[0], 0, 0);
    assert_near(best[1], 0, 0);
    assert_near(best[2], 1, 0);
}

static void equals_share(void **state)
{
    (void)state;
    const double scores[] = {0, 0, 0, 0, 5, 5};
    double best[3];
    bootstrap_p_best(scores, 3, 2, 1, best);
    assert_near(best[0], 0.5, 1e-12);
    assert_near(best[1], 0.5, 1e-12);
    assert_near(best[2], 0, 0);
}

/* Row 1 wins unless block 0 is drawn in both draws of two: 3 of 4. */
static void chance_by_hand(void **state)
{
    (void)state;
    const double scores[] = {0, 0, 1, -3};
    double best[2];
    bootstrap_p_best(scores, 2, 2, 7, best);
    assert_near(best[1], 0.75, 0.02);
    assert_near(best[0] + best[1], 1, 1e-12);
}

static void same_seed_same_answer(void **state)
{
    (void)state;
    const double scores[] = {0, 0, 0, 0, 1, -1, 0.5, -0.4};
    double first[2], again[2], other[2];
    bootstrap_p_best(scores, 2, 4, 7, first);
    bootstrap_p_best(scores, 2, 4, 7, again);
    bootstrap_p_best(scores, 2, 4, 8, other);
    assert_memory_equal(first, again, sizeof first);
    assert_memory_not_equal(first, other, sizeof first);
}

static void only_complete_blocks(void **state)
{
    (void)state;
    const double scores[] = {0, 0, 0, -1, NAN, -1};
    const double never[] = {0, NAN, NAN, 1};
    double best[2];
    bootstrap_p_best(scores, 2, 3, 1, best);
    assert_near(best[1], 1, 0);
    bootstrap_p_best(never, 2, 2, 1, best);
    assert_true(isnan(best[0]) && isnan(best[1]));
    bootstrap_p_best(never, 2, 0, 1, best);
    assert_true(isnan(best[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_that_always_wins), cmocka_unit_test(equals_share),
        cmocka_unit_test(chance_by_hand),         cmocka_unit_test(same_seed_same_answer),
        cmocka_unit_test(only_complete_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
