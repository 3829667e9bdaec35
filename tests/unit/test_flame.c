#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "flame.h"
#include "memory_stream.h"

static void read_text(const char *text, struct flame *out)
{
    char *copy = strdup(text);
    AUTO_FCLOSE FILE *in = fmemopen(copy, strlen(copy), "r");
    assert_non_null(in);
    flame_read(in, out);
    free(copy);
}

static const struct flame_frame *find(const struct flame *flame, const char *name)
{
    for (size_t i = 0; i < flame->count; i++)
        if (strcmp(flame->frames[i].name, name) == 0)
            return &flame->frames[i];
    return NULL;
}

static char *draw(const struct flame *flame)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    flame_write(out, "a <title>", flame);
    return memory_stream_close(&memory);
}

static void test_adds_up(void **state)
{
    (void)state;
    AUTO(flame) struct flame flame;
    read_text("main;a;b 300\nmain;a 100\nmain;c<0000000000080dd0> 600\n", &flame);
    assert_int_equal(flame.count, 5);
    assert_int_equal(flame.frames[0].bytes, 1000);
    assert_int_equal(find(&flame, "main")->bytes, 1000);
    assert_int_equal(find(&flame, "a")->bytes, 400);
    assert_int_equal(find(&flame, "b")->bytes, 300);
    assert_int_equal(find(&flame, "c")->bytes, 600);
}

static void test_same_name_in_a_row_is_one(void **state)
{
    (void)state;
    AUTO(flame) struct flame flame;
    read_text("a;a<0000000000080dd0>;a;b;a 7\n", &flame);
    assert_int_equal(flame.count, 4);
    assert_int_equal(find(&flame, "a")->bytes, 7);
}

static void test_what_is_no_stack_is_left_out(void **state)
{
    (void)state;
    AUTO(flame) struct flame flame;
    read_text("nothing\n 5\na;b -3\na;b 0\na;b 1x\na;b 99999999999999999999\n\nok 4\n", &flame);
    assert_int_equal(flame.frames[0].bytes, 4);
    assert_int_equal(flame.count, 2);
}

static void test_picture(void **state)
{
    (void)state;
    AUTO(flame) struct flame flame;
    read_text("main;operator<(a&b) 996\nmain;tiny 4\n", &flame);
    AUTO_FREE char *picture = draw(&flame);
    assert_non_null(strstr(picture, "aria-label=\"a &lt;title&gt;\""));
    assert_non_null(strstr(picture, "<title>operator&lt;(a&amp;b): 996 B, 99.6 %</title>"));
    assert_null(strstr(picture, "tiny"));
    assert_null(strstr(picture, "style="));
    AUTO(flame) struct flame empty;
    read_text("none\n", &empty);
    AUTO_FREE char *nothing = draw(&empty);
    assert_string_equal(nothing, "");
}

/* A frame is drawn from five of the 960 units of the width on. */
static void test_least_width(void **state)
{
    (void)state;
    AUTO(flame) struct flame flame;
    read_text("x 951\na;five 5\nfour 4\n", &flame);
    AUTO_FREE char *picture = draw(&flame);
    assert_non_null(strstr(picture, "<title>five: 5 B"));
    assert_null(strstr(picture, "<title>four:"));
    assert_non_null(strstr(picture, "viewBox=\"0 0 960 54\"")); /* three lines high */
}

/* A thousand frames deep: neither the page nor the stack grows with it. */
static void test_deep(void **state)
{
    (void)state;
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    for (int i = 0; i < 1000; i++)
        (void)fprintf(out, "f%d;", i);
    (void)fputs("end 5\n", out);
    char *text = memory_stream_close(&memory);
    AUTO(flame) struct flame flame;
    read_text(text, &flame);
    AUTO_FREE char *picture = draw(&flame);
    assert_null(strstr(picture, "f40:"));
    assert_non_null(strstr(picture, "f30:"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adds_up),
        cmocka_unit_test(test_same_name_in_a_row_is_one),
        cmocka_unit_test(test_what_is_no_stack_is_left_out),
        cmocka_unit_test(test_picture),
        cmocka_unit_test(test_least_width),
        cmocka_unit_test(test_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
