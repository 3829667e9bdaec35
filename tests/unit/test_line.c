/* What is taken from a line, what is left of it, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "line.h"
#include "saturate.h"

static void assert_left(const struct line *line, const char *expected)
{
    AUTO_FREE char *left = strndup(line->text, line->length);
    assert_string_equal(left, expected);
}

static void test_lines(void **state)
{
    (void)state;
    static const char *const expected[] = {"one", "", "three", "four"};
    size_t count = 0;
    for (struct line line = line_first("one\n\nthree\nfour"); line.text; line = line_next(&line)) {
        struct line rest = line;
        assert_left(&line, expected[count++]);
        (void)line_take_word(&rest, NULL);
        line = rest; /* what was taken does not change which line is next */
    }
    assert_int_equal(count, 4);
    assert_null(line_first("").text);
}

static const struct {
    const char *line;
    int64_t count; /* -1: none */
    const char *left;
} counts[] = {
    {"0", 0, ""},
    {"12 blocks", 12, " blocks"},
    {"9223372036854775807", INT64_MAX, ""},
    {"9223372036854775808", -1, "9223372036854775808"},
    {"99999999999999999999999", -1, "99999999999999999999999"},
    {"", -1, ""},
    {"-1", -1, "-1"},
    {"+1", -1, "+1"},
    {" 1", -1, " 1"},
    {"x1", -1, "x1"},
    {"1\n2", 1, ""},
};

static void test_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(counts); i++) {
        struct line line = line_first(counts[i].line);
        if (!line.text)
            line = (struct line){counts[i].line, 0};
        int64_t count = -1;
        print_message("'%s'\n", counts[i].line);
        assert_int_equal(line_take_count(&line, &count), counts[i].count >= 0);
        assert_int_equal(count, counts[i].count);
        assert_left(&line, counts[i].left);
    }
}

static const struct {
    const char *line;
    uint64_t number;
    const char *left; /* NULL: there is none, and the line is as it was */
} numbers[] = {
    {"0", 0, ""},
    {"0x1fZ", 0x1f, "Z"},
    {"dEaD beef", 0xdead, " beef"},
    {"ffffffffffffffff", UINT64_MAX, ""},
    {"10000000000000000", 0, NULL},
    {"0x", 0, NULL},
    {"-1", 0, NULL},
    {"g", 0, NULL},
};

static void test_hex(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
        struct line line = line_first(numbers[i].line);
        uint64_t number = 0;
        print_message("'%s'\n", numbers[i].line);
        assert_int_equal(line_take_hex(&line, &number), numbers[i].left != NULL);
        assert_true(number == numbers[i].number);
        assert_left(&line, numbers[i].left ? numbers[i].left : numbers[i].line);
    }
}

static const struct {
    const char *line, *words, *left; /* left NULL: they are not there */
} words[] = {
    {"Leak of 5", "Leak of ", "5"},
    {"Leak  \tof5", "Leak of ", "5"},
    {"  x", " x", ""},
    {"x", " x", ""},
    {"Leak", "Leak of ", NULL},
    {"", "a", NULL},
    {"a\nb", "a b", NULL},
};

static void test_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        struct line line = {words[i].line, strcspn(words[i].line, "\n")};
        struct line before = line;
        print_message("'%s'\n", words[i].line);
        assert_int_equal(line_take(&line, words[i].words), words[i].left != NULL);
        if (words[i].left)
            assert_left(&line, words[i].left);
        else
            assert_memory_equal(&line, &before, sizeof line);
    }
    struct line bounded = {"ab", 1};
    assert_false(line_take(&bounded, "ab")); /* what stands behind its end is not its own */
    struct line line = line_first("a=1, b=2\nc=3");
    struct line word = {NULL, 0};
    assert_false(line_take_past(&line, "c="));
    assert_true(line_take_past(&line, "b="));
    assert_true(line_take_word(&line, &word));
    assert_left(&word, "2");
    assert_false(line_take_word(&line, &word));
}

static void test_saturate(void **state)
{
    (void)state;
    assert_int_equal(saturate_add(2, 3), 5);
    assert_true(saturate_add(INT64_MAX, 1) == INT64_MAX);
    assert_true(saturate_add(INT64_MIN, -1) == INT64_MIN);
    assert_int_equal(saturate_subtract(2, 3), -1);
    assert_true(saturate_subtract(INT64_MIN, 1) == INT64_MIN);
    assert_true(saturate_subtract(1, INT64_MIN) == INT64_MAX);
    assert_int_equal(saturate_multiply(-2, 3), -6);
    assert_true(saturate_multiply(INT64_MAX, 2) == INT64_MAX);
    assert_true(saturate_multiply(INT64_MAX, -2) == INT64_MIN);
    assert_true(saturate_multiply(-2, INT64_MIN) == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines), cmocka_unit_test(test_counts),   cmocka_unit_test(test_hex),
        cmocka_unit_test(test_words), cmocka_unit_test(test_saturate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
