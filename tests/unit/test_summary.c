#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "made_up_runs.h"
#include "result.h"

static void expect(void (*scenario)(struct stored_run *), const char *const *sentences,
                   const char *const *absent)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    scenario(&stored);
    result_build(&stored, &result);
    const char *summary = result.workloads[0].summary;
    print_message("%s\n", summary);
    for (; *sentences; sentences++)
        if (!strstr(summary, *sentences))
            fail_msg("not said: %s", *sentences);
    for (; *absent; absent++)
        if (strstr(summary, *absent))
            fail_msg("said: %s", *absent);
}

static void test_growth(void **state)
{
    (void)state;
    static const char *const said[] = {
        "The peer ends the churn with 19.1 MiB (jemalloc+prof) to 26.3 MiB (glibc) and is left "
        "with 1.18 MiB (glibc)",
        "The proxy stays flat.",
        "1 trial has no valid result.",
        "1 noisy trial is counted.",
        NULL,
    };
    static const char *const unsaid[] = {"Live", "nan", "n/a", NULL};
    expect(made_up_mixed, said, unsaid);
}

static void test_flat(void **state)
{
    (void)state;
    static const char *const said[] = {"The proxy stays flat.", NULL};
    static const char *const unsaid[] = {"grows", "no valid result", "noisy", "one block", NULL};
    expect(made_up_drained, said, unsaid);
}

static void test_one_row_one_block(void **state)
{
    (void)state;
    static const char *const said[] = {"There is one block, so nothing is known of the spread.",
                                       NULL};
    static const char *const unsaid[] = {"every row", NULL};
    expect(made_up_hostile, said, unsaid);
}

static void test_nothing(void **state)
{
    (void)state;
    static const char *const said[] = {"No trial is valid, so this table shows nothing.", NULL};
    static const char *const unsaid[] = {"grows", "flat", NULL};
    expect(made_up_nothing, said, unsaid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_flat),
        cmocka_unit_test(test_one_row_one_block),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
