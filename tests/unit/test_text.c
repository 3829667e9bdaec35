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

static void test_utf8(void **state)
{
    (void)state;
#define BAD "\xef\xbf\xbd"
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", ""},
        {"plain \t\x7f", "plain \t\x7f"},
        {"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
        {"r\xe9s", "r" BAD "s"},
        {"cut \xe2\x82", "cut " BAD BAD},
        {"\xc0\xaf", BAD BAD},                 /* longer than need be */
        {"\xe0\x9f\xbf", BAD BAD BAD},         /* likewise */
        {"\xed\xa0\x80", BAD BAD BAD},         /* half of a surrogate pair */
        {"\xf4\x90\x80\x80", BAD BAD BAD BAD}, /* above U+10FFFF */
        {"\xff\xfe", BAD BAD},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO_FREE char *out = text_utf8(cases[i].text);
        assert_string_equal(out, cases[i].expected);
    }
}

static void test_printable(void **state)
{
    (void)state;
    char name[] = "a\n\033[31mX\177 \303\251";
    text_printable(name);
    assert_string_equal(name, "a??[31mX? \303\251");
    char bytes[] = "\377\376 \303(\302\233m\342\202\254"; /* no UTF-8; CSI in C1; the euro */
    text_printable(bytes);
    assert_string_equal(bytes, "?? ?(??m\342\202\254");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_copy_cuts),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_printable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
