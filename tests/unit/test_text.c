#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "text.h"

static const char *const rows[] = {"glibc",    "jemalloc", "jemalloc+prof",
                                   "mimalloc", "tcmalloc", NULL};

static void test_nearest(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        const char *nearest;
    } cases[] = {
        {"jemaloc", "jemalloc"},
        {"jemalloc", "jemalloc"},
        {"jemalloc+pro", "jemalloc+prof"},
        {"gibc", "glibc"},
        {"malloc", "jemalloc"}, /* two letters from three of them: the first */
        {"glbci", NULL},        /* four of five in the wrong place */
        {"j", NULL},
        {"", NULL},
        {"snmallocator", NULL},
        {"jemallocjemallocjemallocjemallocjemallocjemallocjemallocjemalloc", NULL},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const char *nearest = text_nearest(cases[i].word, rows);
        if (!cases[i].nearest)
            assert_null(nearest);
        else
            assert_string_equal(nearest, cases[i].nearest);
    }
    assert_null(text_nearest("glibc", (const char *const[]){NULL}));
}

static void test_copy_cuts(void **state)
{
    (void)state;
    char out[5] = "xxxx";
    assert_ptr_equal(text_copy(out, sizeof out, "abcdefgh"), out);
    assert_string_equal(out, "abcd");
    assert_string_equal(text_copy(out, sizeof out, ""), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_copy_cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
