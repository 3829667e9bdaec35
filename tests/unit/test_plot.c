#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "made_up_runs.h"
#include "memory_stream.h"
#include "plot.h"
#include "table.h"

static char *draw(void (*scenario)(struct stored_run *out), struct text_style style)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    scenario(&stored);
    result_build(&stored, &result);
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    plot_print(out, &style, &result.workloads[0]);
    return memory_stream_close(&memory);
}

static const struct text_style styles[] = {
    {.width = 50},
    {.width = 80},
    {.width = 200},
    {.utf8 = true, .width = 50},
    {.utf8 = true, .width = 80},
};

static void test_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(styles); i++) {
        AUTO_FREE char *text = draw(made_up_mixed, styles[i]);
        assert_non_null(strstr(text, " 256 cycles\n"));
        char *rest = text;
        size_t lines = 0;
        for (char *line; (line = strsep(&rest, "\n")); lines++) {
            size_t length = strlen(line);
            assert_true(styled_text_width(line) <= (size_t)styles[i].width);
            assert_true(length == 0 || line[length - 1] != ' ');
        }
        assert_int_equal(lines, 1 + 6 + 1 + 1);
    }
}

/* The names stand in the order in which the curves end. */
static void test_names(void **state)
{
    (void)state;
    AUTO_FREE char *text = draw(made_up_mixed, styles[4]);
    const char *glibc = strstr(text, " glibc\n");
    const char *mimalloc = strstr(text, " mimalloc\n");
    const char *jemalloc = strstr(text, " jemalloc+prof\n");
    assert_true(glibc && mimalloc && jemalloc);
    assert_true(glibc < mimalloc && mimalloc < jemalloc);
    AUTO_FREE char *letters = draw(made_up_mixed, styles[1]);
    assert_non_null(strstr(letters, "a glibc\n"));
    assert_non_null(strstr(letters, "b jemalloc+prof\n"));
    for (const char *at = letters; *at; at++)
        assert_true((unsigned char)*at < 0x80);
}

static void test_nothing_to_draw(void **state)
{
    (void)state;
    AUTO_FREE char *narrow = draw(made_up_mixed, (struct text_style){.width = 49});
    assert_string_equal(narrow, "");
    AUTO_FREE char *nothing = draw(made_up_nothing, styles[1]);
    assert_string_equal(nothing, "");
    AUTO_FREE char *flat = draw(made_up_drained, styles[1]);
    assert_string_equal(flat, "");
    AUTO_FREE char *hostile = draw(made_up_hostile, styles[4]);
    assert_null(strchr(hostile, '\033'));
}

/* As many rows as there is room for are drawn, one more are not. */
static void test_most_rows(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    made_up_mixed(&stored);
    result_build(&stored, &result);
    struct result_row rows[PLOT_ROWS_MAX + 1];
    struct result_workload workload = result.workloads[0];
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        rows[i] = workload.rows[i % workload.row_count];
    workload.rows = rows;
    for (size_t count = PLOT_ROWS_MAX; count <= PLOT_ROWS_MAX + 1; count++) {
        AUTO_FREE char *text = NULL;
        size_t size = 0;
        workload.row_count = count;
        FILE *out = open_memstream(&text, &size);
        assert_non_null(out);
        plot_print(out, &styles[4], &workload);
        assert_int_equal(fclose(out), 0);
        assert_int_equal(size > 0, count == PLOT_ROWS_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fits),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_nothing_to_draw),
        cmocka_unit_test(test_most_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
