/*
 * words.c: lists of words and of variables, of any length.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "words.h"

static void values(void **state)
{
    (void)state;
    char *entries[] = {(char[]){"A=1"}, (char[]){"AB=2"}, (char[]){"C="}, NULL};
    assert_string_equal(words_value(entries, "A"), "1");
    assert_string_equal(words_value(entries, "AB=9"), "2");
    assert_string_equal(words_value(entries, "C"), "");
    assert_null(words_value(entries, "B"));
    assert_null(words_value(NULL, "A"));
}

static void one_that_is_made_holds_all(void **state)
{
    (void)state;
    AUTO(words) struct words made = {.count = 0};
    AUTO(words) struct words copy = {.count = 0};
    char *other[] = {(char[]){"LAST=z"}, NULL};
    char wanted[16];
    for (int i = 0; i < 100; i++)
        words_add(&made, "V%d=%d", i, i);
    words_add(&made, "LONG=%0100000d", 7);
    words_add_all(&made, other);
    words_add_all(&made, NULL);
    words_add_all(&copy, made.word);
    assert_int_equal(copy.count, 102);
    assert_null(copy.word[102]);
    for (int i = 0; i < 100; i++) {
        (void)snprintf(wanted, sizeof wanted, "V%d=%d", i, i);
        assert_string_equal(copy.word[i], wanted);
    }
    assert_int_equal(strlen(words_value(copy.word, "LONG")), 100000);
    assert_string_equal(words_value(copy.word, "LAST"), "z");
}

static void ours_or_otherwise(void **state)
{
    (void)state;
    AUTO(words) struct words made = {.count = 0};
    assert_int_equal(setenv("TEST_IS_SET", "here", 1), 0);
    assert_int_equal(unsetenv("TEST_IS_NOT"), 0);
    words_keep(&made, "TEST_IS_SET", "x");
    words_keep(&made, "TEST_IS_NOT", "y");
    words_keep(&made, "TEST_IS_NOT_EITHER", NULL);
    assert_int_equal(made.count, 2);
    assert_string_equal(made.word[0], "TEST_IS_SET=here");
    assert_string_equal(made.word[1], "TEST_IS_NOT=y");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(one_that_is_made_holds_all),
        cmocka_unit_test(ours_or_otherwise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
