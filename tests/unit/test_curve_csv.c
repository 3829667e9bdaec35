#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "assert_near.h"
#include "curve_csv.h"

static int read_text(const char *text, size_t length, struct curve_file *out, struct err *err)
{
    AUTO_FCLOSE FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    rewind(file);
    return curve_csv_read(file, "f.csv", "peer", out, err);
}

static void columns_by_name(void **state)
{
    (void)state;
    static const char text[] = "host, rss_bytes ,cycle,live_bytes\r\n"
                               "a,4096,1,\r\n"
                               "\r\n"
                               "b, 8192 ,2.5,1e3"; /* no newline at the end */
    AUTO(curve_file) struct curve_file file = {0};
    struct err err = ERR_INIT;
    assert_int_equal(read_text(text, strlen(text), &file, &err), 0);
    struct curve curve = curve_file_curve(&file);
    assert_int_equal(curve.count, 2);
    assert_near(curve.cycle[1], 2.5, 0);
    assert_near(curve.rss_bytes[0], 4096, 0);
    assert_near(curve.rss_bytes[1], 8192, 0);
    assert_true(isnan(curve.live_bytes[0]));
    assert_near(curve.live_bytes[1], 1000, 0);
    assert_true(isnan(curve.heap_bytes[0]));
}

static void many_lines(void **state)
{
    (void)state;
    AUTO_FCLOSE FILE *stream = tmpfile();
    AUTO(curve_file) struct curve_file file = {0};
    assert_non_null(stream);
    (void)fputs("cycle,live_bytes\n", stream);
    for (int i = 0; i < 5000; i++)
        (void)fprintf(stream, "%d,%d\n", i, 2 * i);
    rewind(stream);
    assert_int_equal(curve_csv_read(stream, "f.csv", "peer", &file, NULL), 0);
    assert_int_equal(file.count, 5000);
    for (int i = 0; i < 5000; i++)
        assert_near(file.column[CURVE_LIVE][i], 2 * i, 0);
}

static void header_alone(void **state)
{
    (void)state;
    static const char text[] = "cycle,rss_bytes\n";
    AUTO(curve_file) struct curve_file file = {0};
    assert_int_equal(read_text(text, strlen(text), &file, NULL), 0);
    struct curve curve = curve_file_curve(&file);
    struct verdict verdict;
    verdict_judge(&curve, &verdict);
    assert_int_equal(verdict.reason, REASON_TOO_FEW_SAMPLES);
}

#define H "cycle,live_bytes,rss_bytes\n"

static const struct bad_case {
    const char *text, *message;
} bad_cases[] = {
    {"", "f.csv: empty"},
    {"\n\n", "f.csv: empty"},
    {"1,2,3\n", "f.csv:1:1: the header must name cycle"},
    {"cycle,heap_bytes\n", "f.csv:1:1: the header must name live_bytes or rss_bytes"},
    {"cycle,rss_bytes,cycle\n", "f.csv:1:17: a second column 'cycle'"},
    {H "1,2\n", "f.csv:2:3: 2 fields where the header has 3"},
    {H "1,2,3,4\n", "f.csv:2:7: 4 fields where the header has 3"},
    {H "1,2,3\n2,x,3\n", "f.csv:3:3: 'x' is not a number"},
    {H "1,2,-3\n", "f.csv:2:5: '-3' is not a number"},
    {H "1,nan,3\n", "f.csv:2:3: 'nan' is not a number"},
    {H "1,inf,3\n", "f.csv:2:3: 'inf' is not a number"},
    {H "1,1e999,3\n", "f.csv:2:3: '1e999' is not a number"},
    {H "1,0x10,3\n", "f.csv:2:3: '0x10' is not a number"},
    {H "1,2 3,3\n", "f.csv:2:3: '2 3' is not a number"},
    {H "1,64KiB,3\n", "f.csv:2:3: '64KiB' is not a number"},
    {H ",2,3\n", "f.csv:2:1: a sample needs its cycle"},
    {H "5,2,3\n4,2,3\n", "f.csv:3:1: cycles must not fall"},
};

static void bad_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(bad_cases); i++) {
        const struct bad_case *c = &bad_cases[i];
        struct curve_file file = {.count = 77};
        struct err err = ERR_INIT;
        assert_int_equal(read_text(c->text, strlen(c->text), &file, &err), -EINVAL);
        if (strncmp(err.text, c->message, strlen(c->message)) != 0)
            fail_msg("'%s': %s", c->text, err.text);
        assert_int_equal(file.count, 77); /* untouched */
    }
}

static void not_text(void **state)
{
    (void)state;
    static const char text[] = "cycle,live_bytes\n1,\0002\n";
    struct curve_file file;
    struct err err = ERR_INIT;
    assert_int_equal(read_text(text, sizeof text - 1, &file, &err), -EINVAL);
    assert_non_null(strstr(err.text, "f.csv:2:3: a NUL byte"));
}

static void too_many_columns(void **state)
{
    (void)state;
    char text[256];
    memset(text, ',', sizeof text);
    struct curve_file file;
    struct err err = ERR_INIT;
    assert_int_equal(read_text(text, sizeof text, &file, &err), -EINVAL);
    assert_non_null(strstr(err.text, "f.csv:1:65: more than 64 columns"));
}

static void directory(void **state)
{
    (void)state;
    AUTO_FCLOSE FILE *stream = fopen(TEST_DATA_DIR, "re");
    struct curve_file file;
    struct err err = ERR_INIT;
    assert_non_null(stream);
    assert_int_equal(curve_csv_read(stream, "data", "peer", &file, &err), -EISDIR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_by_name), cmocka_unit_test(many_lines),
        cmocka_unit_test(header_alone),    cmocka_unit_test(bad_files),
        cmocka_unit_test(not_text),        cmocka_unit_test(too_many_columns),
        cmocka_unit_test(directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
