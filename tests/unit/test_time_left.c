/* What is said of the time a run takes, and how to make it shorter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "clock.h"
#include "time_left.h"

static void what_is_left(void **state)
{
    (void)state;
    static const struct {
        int64_t left_ns;
        const char *shorter, *begins, *ends;
    } rows[] = {
        {-1, "-r 1", "", ""},
        {59LL * CLOCK_NS_PER_S, "-r 1", "", ""},
        {64LL * CLOCK_NS_PER_S, "-r 1 --quick", "about 1 m until all", "; shorter: -r 1 --quick"},
        {218LL * CLOCK_NS_PER_S, "", "about 3 m 40 s until all", "reports what was measured"},
        {5000LL * CLOCK_NS_PER_S, "", "about 1 h 23 m until all", "reports what was measured"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const struct runner_progress at = {.left_ns = rows[i].left_ns};
        char text[TIME_LEFT_MAX];
        (void)time_left_sentence(&at, rows[i].shorter, text, sizeof text);
        const size_t length = strlen(text), end = strlen(rows[i].ends);
        if (strncmp(text, rows[i].begins, strlen(rows[i].begins)) != 0 || length < end ||
            strcmp(text + length - end, rows[i].ends) != 0 || (*text && !*rows[i].begins))
            fail_msg("%zu: '%s'", i, text);
    }
}

static void what_makes_it_shorter(void **state)
{
    (void)state;
    static const struct own_trace traces[1];
    static char server[] = "./server", *command[] = {server, NULL};
    static const struct {
        struct planning planning;
        const char *options;
    } rows[] = {
        {{.blocks = 3}, "-a glibc -a jemalloc -r 1 --quick --no-passes"},
        {{.blocks = 3, .rows.count = 22}, "-a glibc -a jemalloc -r 1 --quick --no-passes"},
        {{.blocks = 3, .traces = traces}, "-a glibc -a jemalloc -r 1 --no-passes"},
        {{.blocks = 3, .own.command = {.words = command, .count = 1}},
         "-a glibc -a jemalloc -r 1 --no-passes"},
        {{.blocks = 1, .rows.count = 2}, "--quick --no-passes"},
        {{.blocks = 1, .rows.count = 1, .quick = true, .no_passes = true}, ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        char text[TIME_LEFT_MAX];
        assert_string_equal(time_left_shorter(&rows[i].planning, text, sizeof text),
                            rows[i].options);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left),
        cmocka_unit_test(what_makes_it_shorter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
