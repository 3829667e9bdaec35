/*
 * environment.c: lists of variables, of any length.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "environment.h"

static void values(void **state)
{
    (void)state;
    char *entries[] = {(char[]){"A=1"}, (char[]){"AB=2"}, (char[]){"C="}, NULL};
    assert_string_equal(environment_value(entries, "A"), "1");
    assert_string_equal(environment_value(entries, "AB=9"), "2");
    assert_string_equal(environment_value(entries, "C"), "");
    assert_null(environment_value(entries, "B"));
    assert_null(environment_value(NULL, "A"));
}

static void one_that_is_made_holds_all(void **state)
{
    (void)state;
    AUTO(environment) struct environment made = {.count = 0};
    AUTO(environment) struct environment copy = {.count = 0};
    char *other[] = {(char[]){"LAST=z"}, NULL};
    char wanted[16];
    for (int i = 0; i < 100; i++)
        environment_add(&made, "V%d=%d", i, i);
    environment_add(&made, "LONG=%0100000d", 7);
    environment_add_all(&made, other);
    environment_add_all(&made, NULL);
    environment_add_all(&copy, made.entries);
    assert_int_equal(copy.count, 102);
    assert_null(copy.entries[102]);
    for (int i = 0; i < 100; i++) {
        (void)snprintf(wanted, sizeof wanted, "V%d=%d", i, i);
        assert_string_equal(copy.entries[i], wanted);
    }
    assert_int_equal(strlen(environment_value(copy.entries, "LONG")), 100000);
    assert_string_equal(environment_value(copy.entries, "LAST"), "z");
}

static void ours_or_otherwise(void **state)
{
    (void)state;
    AUTO(environment) struct environment made = {.count = 0};
    assert_int_equal(setenv("TEST_IS_SET", "here", 1), 0);
    assert_int_equal(unsetenv("TEST_IS_NOT"), 0);
    environment_keep(&made, "TEST_IS_SET", "x");
    environment_keep(&made, "TEST_IS_NOT", "y");
    environment_keep(&made, "TEST_IS_NOT_EITHER", NULL);
    assert_int_equal(made.count, 2);
    assert_string_equal(made.entries[0], "TEST_IS_SET=here");
    assert_string_equal(made.entries[1], "TEST_IS_NOT=y");
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
