/* tune_rung.c: what a budget has room for. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "tune_rung.h"

/* Rung by rung: how many settings, and how many blocks, fit a budget. */
static void test_budgets(void **state)
{
    (void)state;
    static const struct {
        int64_t trials;
        size_t wanted; /* without the defaults */
        int code;
        size_t settings, left_out;
        int64_t blocks;
    } cases[] = {
        {58, 14, 0, 14, 0, 2},     {40, 14, 0, 10, 4, 2}, {10, 14, 0, 3, 11, 2},
        {9, 14, -ENOSPC, 0, 0, 0}, {8, 2, 0, 2, 0, 2},    {7, 2, -ENOSPC, 0, 0, 0},
        {1000, 4, 0, 4, 0, 5},     {60, 3, 0, 3, 0, 4},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct tune_settings wanted;
        struct tune_rung rung;
        tune_settings_of(NULL, NULL, &wanted);
        wanted.count += cases[i].wanted;
        assert_int_equal(tune_rung_next(1, cases[i].trials, &wanted, NULL,
                                        &recommend_weights_default, &rung, NULL),
                         cases[i].code);
        if (cases[i].code < 0)
            continue;
        assert_int_equal(rung.settings.count, cases[i].settings + 2);
        assert_int_equal(rung.left_out, cases[i].left_out);
        assert_int_equal(rung.blocks, cases[i].blocks);
    }
}

static void test_what_it_lacks(void **state)
{
    (void)state;
    struct tune_settings wanted;
    struct tune_rung rung;
    struct err err = ERR_INIT;
    tune_settings_of(NULL, NULL, &wanted);
    wanted.count += 1;
    assert_int_equal(tune_least_trials(&wanted), 6);
    assert_int_equal(tune_rung_next(1, 1, &wanted, NULL, &recommend_weights_default, &rung, &err),
                     -ENOSPC);
    assert_string_equal(err.text, "there is time for 1 trial; the default twice and 1 setting in 2 "
                                  "blocks are 6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_budgets),
                                       cmocka_unit_test(test_what_it_lacks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
