/* Two runs against each other: how far, how sure, and what a block without a number does. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "assert_near.h"
#include "bare_result.h"
#include "roles.h"
#include "run_compare.h"

enum { BLOCKS = 10 };

static const struct {
    double first[BLOCKS], second[BLOCKS];
    double ratio, low; /* NaN: none */
    enum comparison_word word;
} rows[] = {
    {{100, 101, 99, 100, 100, 101, 99, 100, 100, 100},
     {120, 121, 119, 120, 120, 121, 119, 120, 120, 120},
     1.2,
     1.19,
     COMPARISON_WORSE},
    {{120, 121, 119, 120, 120, 121, 119, 120, 120, 120},
     {100, 101, 99, 100, 100, 101, 99, 100, 100, 100},
     0.833,
     0.826,
     COMPARISON_BETTER},
    {{100, 100, 100, 100, 100, 100, 100, 100, 100, 100},
     {100, 100, 100, 100, 100, 100, 100, 100, 100, 100},
     1,
     1,
     COMPARISON_SAME},
    /* a logarithm of nothing is no number: these blocks are left out */
    {{100, 100, 100, 100, 100, 100, 100, 100, 100, 100},
     {0, 0, 0, 0, 100, 100, 100, 100, 100, 100},
     1,
     1,
     COMPARISON_SAME},
    {{100, 100, 100, 100, 100, 100, 100, 100, 100, 100},
     {0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
     NAN,
     NAN,
     COMPARISON_UNDECIDED},
};

static void test_rows(void **state)
{
    (void)state;
    static const char *const names[] = {"glibc"};
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        AUTO(bare_result) struct bare_result first;
        AUTO(bare_result) struct bare_result second;
        size_t count = 0;
        bare_build(names, 1, BLOCKS, &first);
        bare_build(names, 1, BLOCKS, &second);
        bare_set(&first, 0, ROLE_PEER, compared_metrics[0], rows[i].first);
        bare_set(&second, 0, ROLE_PEER, compared_metrics[0], rows[i].second);
        AUTO_FREE struct run_comparison *list = run_compare(&first.result, &second.result, &count);
        print_message("row %zu\n", i);
        assert_int_equal(count, 1);
        const struct comparison *change = &list[0].change[0];
        assert_int_equal(change->word, rows[i].word);
        if (isnan(rows[i].ratio)) {
            assert_true(isnan(change->ratio) && isnan(change->low));
            continue;
        }
        assert_near(change->ratio, rows[i].ratio, 0.01);
        assert_near(change->low, rows[i].low, 0.01);
    }
}

static void test_only_rows_of_both(void **state)
{
    (void)state;
    static const char *const names[] = {"glibc", "jemalloc"};
    AUTO(bare_result) struct bare_result first;
    AUTO(bare_result) struct bare_result second;
    size_t count = 0;
    bare_build(names, 2, BLOCKS, &first);
    bare_build(names + 1, 1, BLOCKS, &second);
    AUTO_FREE struct run_comparison *list = run_compare(&first.result, &second.result, &count);
    assert_int_equal(count, 1);
    assert_string_equal(list[0].row, "jemalloc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_only_rows_of_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
