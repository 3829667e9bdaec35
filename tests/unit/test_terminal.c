#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter.h"
#include "made_up_runs.h"
#include "memory_stream.h"
#include "rendered.h"
#include "sparkline.h"
#include "synthetic_run.h"
#include "table.h"
#include "wrap.h"

/* Two workloads of five rows, the longest names there are. */
static void scenario_long(struct stored_run *out)
{
    static const char *const names[] = {"glibc", "jemalloc+background", "tcmalloc+aggressive",
                                        "mimalloc+decommit0", "jemalloc+prof"};
    static struct synthetic_row rows[2][ARRAY_LENGTH(names)];
    struct synthetic_workload loads[2];
    for (size_t i = 0; i < 2; i++) {
        loads[i] = synthetic_discovery[i];
        for (size_t r = 0; r < ARRAY_LENGTH(names); r++) {
            rows[i][r] = synthetic_discovery[i].rows[r];
            rows[i][r].name = names[r];
        }
        loads[i].rows = rows[i];
    }
    synthetic_run_build(
        &(struct synthetic_run){
            .workloads = loads, .workload_count = 2, .blocks = 3, .noise = 0.01},
        out);
    synthetic_spoil(synthetic_record(out, "discovery", "glibc", 1), RECORD_INVALID,
                    "a-word-without-end:" MADE_UP_HOSTILE_NAME "/that/no/line/is/wide/enough/for");
    synthetic_make_noisy(synthetic_record(out, "discovery", "jemalloc+background", 2),
                         "others used 62 % of the subjects' core");
}

struct look {
    const char *golden;
    void (*scenario)(struct stored_run *out);
    struct text_style style;
};

static const struct look looks[] = {
    {"mixed-80-utf8.txt", made_up_mixed, {.utf8 = true, .width = 80}},
    {"mixed-80-ascii.txt", made_up_mixed, {.utf8 = false, .width = 80}},
    {"mixed-120-utf8.txt", made_up_mixed, {.utf8 = true, .width = 120}},
    {"mixed-80-colour.txt", made_up_mixed, {.utf8 = true, .colour = true, .width = 80}},
    {"drained-80-utf8.txt", made_up_drained, {.utf8 = true, .width = 80}},
    {"hosts-80-utf8.txt", made_up_hosts, {.utf8 = true, .width = 80}},
    {"hostile-80-utf8.txt", made_up_hostile, {.utf8 = true, .width = 80}},
    {"nothing-80-utf8.txt", made_up_nothing, {.utf8 = true, .width = 80}},
    {"long-80-utf8.txt", scenario_long, {.utf8 = true, .width = 80}},
    {"long-60-ascii.txt", scenario_long, {.utf8 = false, .width = 60}},
    {"long-40-utf8.txt", scenario_long, {.utf8 = true, .width = 40}},
};

static void test_golden(void **state)
{
    const struct look *look = *state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    look->scenario(&stored);
    AUTO_FREE char *text = rendered_text("terminal", &stored, &look->style);
    rendered_matches(text, look->golden);
}

/* No line is longer than the terminal is wide, or ends in a space; ASCII is ASCII. */
static void test_lines(void **state)
{
    const struct look *look = *state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    struct text_style style = look->style;
    style.colour = false;
    look->scenario(&stored);
    AUTO_FREE char *text = rendered_text("terminal", &stored, &style);
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n"));) {
        size_t length = strlen(line);
        if (styled_text_width(line) > (size_t)style.width)
            fail_msg("longer than %d: %s", style.width, line);
        if (length > 0 && line[length - 1] == ' ')
            fail_msg("ends in a space: '%s'", line);
        for (size_t i = 0; i < length; i++) {
            assert_true((unsigned char)line[i] >= 0x20);
            assert_true(style.utf8 || (unsigned char)line[i] < 0x7f);
        }
    }
}

static void test_sparkline(void **state)
{
    (void)state;
    char out[SPARKLINE_TEXT_MAX];
    static const double rise[] = {0, 1, 2, 3, 4, 5, 6, 7};
    static const double holes[] = {NAN, NAN, 8, NAN, NAN, NAN};
    assert_string_equal(sparkline(rise, 8, 8, 8, true, out), "▁▂▃▄▅▆▇█");
    assert_string_equal(sparkline(rise, 8, 8, 8, false, out), "_.-:=+*#");
    assert_string_equal(sparkline(rise, 8, 8, 2, false, out), ".+");
    assert_string_equal(sparkline(holes, 6, 8, 3, false, out), " #");
    assert_string_equal(sparkline(rise, 8, 0, 4, false, out), "____"); /* all zero: no scale */
}

static void print_into(char **out, void (*print)(FILE *file, const struct text_style *style),
                       const struct text_style *style)
{
    struct memory_stream memory;
    print(memory_stream_open(&memory), style);
    *out = memory_stream_close(&memory);
}

static void add_cells(struct table *table)
{
    table_row(table);
    table_cell(table, TABLE_LEFT, LOOK_BOLD, "é");
    table_cell(table, TABLE_RIGHT, LOOK_PLAIN, "%d", 1);
    table_row(table);
    table_cell(table, TABLE_LEFT, LOOK_PLAIN, "%s", "");
    table_row(table);
    table_cell(table, TABLE_LEFT, LOOK_PLAIN, "%s", "a\033[2Jb\xc2\x9b");
    table_cell(table, TABLE_RIGHT, LOOK_PLAIN, "%d", 123);
    table_cell(table, TABLE_LEFT, LOOK_RED, "x");
}

static void print_table(FILE *file, const struct text_style *style)
{
    AUTO(table) struct table table = {.row_count = 0};
    add_cells(&table);
    table_print(&table, file, style);
}

static void test_table(void **state)
{
    (void)state;
    static const struct {
        struct text_style style;
        const char *text;
    } cases[] = {
        {{.utf8 = true}, "é          1\na?[2Jb?  123  x\n"},
        {{.utf8 = false}, "?          1\na?[2Jb?  123  x\n"},
        {{.utf8 = true, .colour = true},
         "\033[1mé\033[0m          1\na?[2Jb?  123  \033[31mx\033[0m\n"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO_FREE char *text = NULL;
        print_into(&text, print_table, &cases[i].style);
        assert_string_equal(text, cases[i].text);
    }
}

static void print_headed(FILE *file, const struct text_style *style)
{
    AUTO(table) struct table table = {.row_count = 0};
    table_heading(&table, TABLE_LEFT, TABLE_STAYS, "the row");
    table_heading(&table, TABLE_RIGHT, 1, "RSS|B/cycle");
    table_heading(&table, TABLE_RIGHT, 2, "heap/|live");
    table_heading(&table, TABLE_LEFT, 2, "word");
    table_row(&table);
    table_cell(&table, TABLE_LEFT, LOOK_PLAIN, "émalloc+prof");
    table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "1");
    table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "2");
    table_cell(&table, TABLE_LEFT, LOOK_PLAIN, "xy");
    table_print(&table, file, style);
}

/* Columns leave by rank, the last of equals first; then the name is cut. */
static void test_table_fits(void **state)
{
    (void)state;
    static const struct {
        int width;
        const char *text;
    } cases[] = {
        {34, "                  RSS  heap/\n"
             "the row       B/cycle   live  word\n"
             "émalloc+prof        1      2  xy\n"},
        {33, "                  RSS  heap/\n"
             "the row       B/cycle   live\n"
             "émalloc+prof        1      2\n"
             "not shown in 33 columns: word\n"},
        {27, "                  RSS\n"
             "the row       B/cycle\n"
             "émalloc+prof        1\n"
             "not shown in 27 columns:\n"
             "heap/live, word\n"},
        {10, "the row\n"
             "émalloc+p…\n"
             "not shown\n"
             "in 10\n"
             "columns:\n"
             "RSS\n"
             "B/cycle,\n"
             "heap/live,\n"
             "word\n"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO_FREE char *text = NULL;
        print_into(&text, print_headed,
                   &(struct text_style){.utf8 = true, .width = cases[i].width});
        assert_string_equal(text, cases[i].text);
    }
}

static void print_wrapped(FILE *file, const struct text_style *style)
{
    wrap_print(file, style, LOOK_PLAIN, "*", 2,
               "one two  three incomprehensibilities 60 % KEY=value,more four");
}

/* A word that is too long goes on in the next line, after a mark where it has one. */
static void test_wrap(void **state)
{
    (void)state;
    AUTO_FREE char *text = NULL;
    print_into(&text, print_wrapped, &(struct text_style){.utf8 = true, .width = 11});
    assert_string_equal(text, "* one two\n  three\n  incompreh\n  ensibilit\n  ies 60 %\n  KEY=\n"
                              "  value,\n  more four\n");
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

/* The answer of each workload is what is seen when the rest has scrolled by, and nothing is said
 * twice. */
static void test_length(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    scenario_long(&stored);
    AUTO_FREE char *text =
        rendered_text("terminal", &stored, &(struct text_style){.utf8 = true, .width = 80});
    const char *end = strstr(text, "\nIn short\n");
    assert_non_null(end);
    assert_non_null(strstr(end, "- discovery: The application holds the memory"));
    assert_non_null(strstr(end, "- discovery-drained: "));
    assert_true(count_lines(end) <= 28);
    assert_true(count_lines(text) <= 240);
    const char *reason = strstr(text, "a release build has no counter");
    assert_true(!reason || !strstr(reason + 1, "a release build has no counter"));
}

static void test_style(void **state)
{
    (void)state;
    struct text_style style;
    AUTO_FCLOSE FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(setenv("LC_ALL", "C.UTF-8", 1), 0);
    assert_int_equal(setenv("COLUMNS", "132", 1), 0);
    assert_int_equal(unsetenv("NO_COLOR") | unsetenv("CLICOLOR_FORCE"), 0);
    text_style_detect(file, &style);
    assert_true(style.utf8);
    assert_false(style.colour);
    assert_int_equal(style.width, 132);

    assert_int_equal(setenv("LC_ALL", "C", 1), 0);
    assert_int_equal(setenv("COLUMNS", "-3", 1), 0);
    assert_int_equal(setenv("CLICOLOR_FORCE", "1", 1), 0);
    text_style_detect(file, &style);
    assert_false(style.utf8);
    assert_true(style.colour);
    assert_int_equal(style.width, 80);

    assert_int_equal(setenv("NO_COLOR", "1", 1), 0);
    assert_int_equal(setenv("LC_ALL", "xx_XX.UTF-8", 1), 0); /* not installed: C */
    text_style_detect(file, &style);
    assert_false(style.utf8);
    assert_false(style.colour);
}

int main(void)
{
    struct CMUnitTest tests[2 * ARRAY_LENGTH(looks) + 6];
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(looks); i++) {
        void *look = (void *)(uintptr_t)&looks[i];
        tests[count++] = (struct CMUnitTest){
            .name = looks[i].golden, .test_func = test_golden, .initial_state = look};
        tests[count++] = (struct CMUnitTest){
            .name = "test_lines", .test_func = test_lines, .initial_state = look};
    }
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_sparkline);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_table);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_table_fits);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_wrap);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_length);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_style);
    return _cmocka_run_group_tests("terminal", tests, count, NULL, NULL);
}
