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
#include "attribution.h"
#include "curve_file.h"

static int read_text(const char *text, size_t length, struct curve_file *out, struct err *err)
{
    AUTO_FCLOSE FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    rewind(file);
    return curve_file_read(file, "f.csv", "peer", out, err);
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
    const struct memory_curve *curve = &file.curve;
    assert_int_equal(curve->count, 2);
    assert_string_equal(file.axis, "cycle");
    assert_near(curve->column[MEMORY_CYCLE][1], 2.5, 0);
    assert_near(curve->column[MEMORY_RSS][0], 4096, 0);
    assert_near(curve->column[MEMORY_RSS][1], 8192, 0);
    assert_true(isnan(curve->column[MEMORY_LIVE][0]));
    assert_near(curve->column[MEMORY_LIVE][1], 1000, 0);
    assert_null(curve->column[MEMORY_HEAP]);
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
    assert_int_equal(curve_file_read(stream, "f.csv", "peer", &file, NULL), 0);
    assert_int_equal(file.curve.count, 5000);
    for (int i = 0; i < 5000; i++)
        assert_near(file.curve.column[MEMORY_LIVE][i], 2 * i, 0);
}

static void header_alone(void **state)
{
    (void)state;
    static const char text[] = "cycle,rss_bytes\n";
    AUTO(curve_file) struct curve_file file = {0};
    assert_int_equal(read_text(text, strlen(text), &file, NULL), 0);
    struct attribution answer;
    attribution_judge(&file.curve, &answer);
    assert_int_equal(answer.verdict.reason, REASON_TOO_FEW_SAMPLES);
}

#define H "cycle,live_bytes,rss_bytes\n"

static const struct bad_case {
    const char *text, *message;
} bad_cases[] = {
    {"", "f.csv: empty"},
    {"\n\n", "f.csv: empty"},
    {"# nothing\n", "f.csv: empty"},
    {"1,2,3\n", "f.csv:1:1: the header must name cycle"},
    {"cycle,threads\n", "f.csv:1:1: the header must name a column of memory"},
    {"cycle,rss_bytes,CYCLE\n", "f.csv:1:3: a second column 'CYCLE'"},
    {"cycle,heap_bytes,heap_bytes\n", "f.csv:1:3: a second column 'heap_bytes'"},
    {H "1,2\n", "f.csv:2:1: 2 fields where the header has 3"},
    {H "1,2,3,4\n", "f.csv:2:1: 4 fields where the header has 3"},
    {H "1,2,3\n2,x,3\n", "f.csv:3:2: live_bytes is not a number: 'x'"},
    {H "1,2,-3\n", "f.csv:2:3: rss_bytes cannot be negative: -3"},
    {H "1,inf,3\n", "f.csv:2:2: live_bytes is not a number: 'inf'"},
    {H "1,1e999,3\n", "f.csv:2:2: live_bytes is not a number: '1e999'"},
    {H "1,0x10,3\n", "f.csv:2:2: live_bytes is not a number: '0x10'"},
    {H "1,2 3,3\n", "f.csv:2:2: live_bytes is not a number: '2 3'"},
    {H "1,64KiB,3\n", "f.csv:2:2: live_bytes is not a number: '64KiB'"},
    {H "1,\"4,067\",3\n", "f.csv:2:2: live_bytes is not a number: '4,067'"},
    {H "1,72057594037927937e1,3\n", "f.csv:2:2: live_bytes cannot be 72057594037927937e1: a"},
    {H ",2,3\n", "f.csv:2:1: a sample needs its cycle"},
    {H "1,\"2,3\n", "f.csv:2:1: a quoted field does not end"},
    {H "1,2\"2\",3\n", "f.csv:2:4: a quote where none can stand"},
    {H "5,2,3\n4,2,3\n", "f.csv:3:1: cycle or elapsed_s falls"},
    {"cycle;rss_bytes\n1;4,067\n", "f.csv:2:2: rss_bytes is not a number: '4,067'"},
    {"\xff\xfe"
     "c",
     "f.csv:1:1: UTF-16"},
    {"# Elapsed time   CPU (%)     Real (MB)\n 1.0 0.0\n", "f.csv:2:1: a line of psrecord has"},
    {"a-b ---p 0 00:00 0 [rollup]\nRss: 12 MB\n", "f.csv:2:5: Rss is not told in kB"},
};

static void bad_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(bad_cases); i++) {
        const struct bad_case *c = &bad_cases[i];
        struct curve_file file = {.remark_count = 77};
        struct err err = ERR_INIT;
        assert_int_equal(read_text(c->text, strlen(c->text), &file, &err), -EINVAL);
        if (strncmp(err.text, c->message, strlen(c->message)) != 0)
            fail_msg("'%s': %s", c->text, err.text);
        assert_int_equal(file.remark_count, 77); /* untouched */
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
    char text[300];
    memset(text, ',', sizeof text);
    struct curve_file file;
    struct err err = ERR_INIT;
    assert_int_equal(read_text(text, sizeof text, &file, &err), -EINVAL);
    assert_non_null(strstr(err.text, "f.csv:1:1: more than 256 columns"));
}

static void directory(void **state)
{
    (void)state;
    AUTO_FCLOSE FILE *stream = fopen(TEST_DATA_DIR, "re");
    struct curve_file file;
    struct err err = ERR_INIT;
    assert_non_null(stream);
    assert_int_equal(curve_file_read(stream, "data", "peer", &file, &err), -EISDIR);
}

/* Each row is one that must read as cycle 1, 2 with live 1500 and not known. */
static void dresses(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\357\273\277cycle,live_bytes\n1,1500\n2,\n",
        "cycle,live_bytes\r1,1500\r2,NA\r",
        "\"LIVE_bytes\",\"Cycle\"\r\n\"1500\",\"1\"\r\n\"null\",\"2\"\r\n",
        "cycle\tlive_bytes\n1\t1.5e+03\n2\t-\n",
        "cycle;live_bytes;x\n1,0;1500,0;a\n2;n/a;\"b;c\"\n",
        "# by hand\ncycle,note,live_bytes\n1,\"two\nlines, \"\"quoted\"\"\",15e2\n2,,None\n",
        "cycle,live_bytes\n1,1500\n2,NaN\n",
        "cycle;live_bytes\n1;1500\n2;\n",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        AUTO(curve_file) struct curve_file file = {0};
        struct err err = ERR_INIT;
        if (read_text(texts[i], strlen(texts[i]), &file, &err) < 0)
            fail_msg("%s: %s", texts[i], err.text);
        assert_int_equal(file.curve.count, 2);
        assert_near(file.curve.column[MEMORY_CYCLE][1], 2, 0);
        assert_near(file.curve.column[MEMORY_LIVE][0], 1500, 0);
        assert_true(isnan(file.curve.column[MEMORY_LIVE][1]));
    }
}

static void small_numbers(void **state)
{
    (void)state;
    static const char text[] = "cycle,elapsed_s,rss_bytes\n1,1e-05,4096\n2,.5,4096\n";
    AUTO(curve_file) struct curve_file file = {0};
    assert_int_equal(read_text(text, strlen(text), &file, NULL), 0);
    assert_near(file.curve.column[MEMORY_ELAPSED][0], 1e-5, 1e-20);
}

static void psrecord(void **state)
{
    (void)state;
    static const char text[] = "# Elapsed time   CPU (%)     Real (MB)   Virtual (MB)\n"
                               "       0.500        0.000        8.5      400.000\n"
                               "       1.000       10.000        9.0      400.000\n";
    AUTO(curve_file) struct curve_file file = {0};
    assert_int_equal(read_text(text, strlen(text), &file, NULL), 0);
    assert_string_equal(file.axis, "second");
    assert_int_equal(file.curve.count, 2);
    assert_near(file.curve.column[MEMORY_CYCLE][1], 1, 0);
    assert_near(file.curve.column[MEMORY_RSS][0], 8.5 * 1024 * 1024, 0);
}

static void rollups(void **state)
{
    (void)state;
    static const char text[] = "5581-7fff ---p 00000000 00:00 0                   [rollup]\n"
                               "Rss:                1576 kB\nAnonymous:            92 kB\n"
                               "LazyFree:              4 kB\nSwap:                  8 kB\n"
                               "Sat Nov 28 12:00:00\n"
                               "5581-7fff ---p 00000000 00:00 0                   [rollup]\n"
                               "Rss:                1580 kB\nAnonymous:            96 kB\n";
    AUTO(curve_file) struct curve_file file = {0};
    assert_int_equal(read_text(text, strlen(text), &file, NULL), 0);
    assert_string_equal(file.axis, "dump");
    assert_int_equal(file.curve.count, 2);
    assert_near(file.curve.column[MEMORY_RSS][1], 1580 * 1024, 0);
    assert_near(file.curve.column[MEMORY_RSS_ANON][0], 92 * 1024, 0);
    assert_near(file.curve.column[MEMORY_SWAP][0], 8 * 1024, 0);
    assert_true(isnan(file.curve.column[MEMORY_LAZY_FREE][1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_by_name), cmocka_unit_test(many_lines),
        cmocka_unit_test(header_alone),    cmocka_unit_test(bad_files),
        cmocka_unit_test(not_text),        cmocka_unit_test(too_many_columns),
        cmocka_unit_test(directory),       cmocka_unit_test(dresses),
        cmocka_unit_test(small_numbers),   cmocka_unit_test(psrecord),
        cmocka_unit_test(rollups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
