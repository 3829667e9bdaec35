#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "units.h"

typedef int parse_fn(const char *text, int64_t *out_value, struct err *err);

struct parse_case {
    const char *text;
    int64_t value; /* or a negative errno */
};

static const struct parse_case sizes[] = {
    {"64KiB", 65536},
    {"64 KiB", 65536},
    {" 1.5 MiB ", 1572864},
    {"0B", 0},
    {"2kB", 2000},
    {"3 GB", INT64_C(3000000000)},
    {"8191 GiB", INT64_C(8191) << 30},
    {"0.1 KiB", 102},
    {"64", -EINVAL},
    {"0", -EINVAL},
    {"-1 KiB", -EINVAL},
    {"KiB", -EINVAL},
    {"1.", -EINVAL},
    {"1. KiB", -EINVAL},
    {"1.2.3 KiB", -EINVAL},
    {".5 KiB", -EINVAL},
    {"1 kib", -EINVAL},
    {"1 KiB 2 B", -EINVAL},
    {"1e3 B", -EINVAL},
    {"nan B", -EINVAL},
    {"0x10 B", -EINVAL},
    {"", -EINVAL},
    {"1234567890123456789 B", -EINVAL},
    {"9999999999 GiB", -ERANGE},
};

static const struct parse_case durations[] = {
    {"1500ms", INT64_C(1500000000)},
    {"2m30s", INT64_C(150000000000)},
    {"2 m 30 s", INT64_C(150000000000)},
    {"1.5s", 1500000000},
    {"1h", INT64_C(3600000000000)},
    {"7ns", 7},
    {"0s", 0},
    {"30s2m", -EINVAL},
    {"5s5s", -EINVAL},
    {"5", -EINVAL},
    {"5 s 5", -EINVAL},
    {"-5s", -EINVAL},
    {"5 sec", -EINVAL},
    {"", -EINVAL},
    {"99999999999h", -ERANGE},
    {"2562047h 3000m", -ERANGE},
};

static void check_parse(parse_fn *parse, const struct parse_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct err err = ERR_INIT;
        int64_t value = -77;
        int rc = parse(cases[i].text, &value, &err);
        print_message("'%s'\n", cases[i].text);
        if (cases[i].value >= 0) {
            assert_int_equal(rc, 0);
            assert_int_equal(value, cases[i].value);
        } else {
            assert_int_equal(rc, cases[i].value);
            assert_int_equal(value, -77);
            assert_non_null(strstr(err.text, cases[i].text));
        }
    }
}

static void test_parse_bytes(void **state)
{
    (void)state;
    check_parse(units_parse_bytes, sizes, ARRAY_LENGTH(sizes));
}

static void test_parse_duration(void **state)
{
    (void)state;
    check_parse(units_parse_duration, durations, ARRAY_LENGTH(durations));
}

static void test_format_bytes(void **state)
{
    (void)state;
    const struct {
        double bytes;
        const char *text;
    } cases[] = {
        {0, "0 B"},
        {0.25, "0.25 B"},
        {1023, "1023 B"},
        {1024, "1 KiB"},
        {36045, "35.2 KiB"},
        {1023.0 * 1024, "1023 KiB"},
        {1023.9 * 1024, "1 MiB"},
        {26.0 * (1 << 20), "26 MiB"},
        {-36045, "-35.2 KiB"},
        {3000.0 * (1 << 30), "3000 GiB"},
        {NAN, "n/a"},
        {INFINITY, "n/a"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char text[32];
        assert_string_equal(units_format_bytes(cases[i].bytes, text, sizeof text), cases[i].text);
    }
}

static void test_format_duration(void **state)
{
    (void)state;
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {
        {0, "0 ns"},
        {999, "999 ns"},
        {1500000, "1.5 ms"},
        {999900, "1 ms"},
        {59900000000, "59.9 s"},
        {59990000000, "1 m"},
        {150000000000, "2 m 30 s"},
        {3600000000000, "1 h"},
        {3605000000000, "1 h 5 s"},
        {-1500000, "-1.5 ms"},
        {-150000000000, "-2 m 30 s"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char text[32];
        assert_string_equal(units_format_duration(cases[i].ns, text, sizeof text), cases[i].text);
    }
    char tiny[4];
    assert_string_equal(units_format_duration(INT64_MAX, tiny, sizeof tiny), "256");
}

static void test_format_rate(void **state)
{
    (void)state;
    static const struct {
        double bytes;
        const char *text;
    } cases[] = {
        {35234, "35.2 kB"}, {210, "210 B"},  {0.4, "0 B"},      {-0.4, "0 B"},        {64, "64 B"},
        {999.4, "999 B"},   {999.6, "1 kB"}, {2.5e6, "2.5 MB"}, {-12600, "-12.6 kB"}, {NAN, "n/a"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char text[32];
        assert_string_equal(units_format_rate(cases[i].bytes, text, sizeof text), cases[i].text);
    }
}

/* What goes in as "64KiB" comes out as "64 KiB", and goes in again. */
static void test_round_trip(void **state)
{
    (void)state;
    static const char *const texts[] = {"64 KiB", "1.5 MiB", "1 B", "1023 GiB"};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        char out[32];
        int64_t bytes = 0;
        assert_int_equal(units_parse_bytes(texts[i], &bytes, NULL), 0);
        assert_string_equal(units_format_bytes((double)bytes, out, sizeof out), texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_bytes),  cmocka_unit_test(test_parse_duration),
        cmocka_unit_test(test_format_bytes), cmocka_unit_test(test_format_duration),
        cmocka_unit_test(test_format_rate),  cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
