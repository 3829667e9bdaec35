/* plan: each row once per block, in an order of its own; the closed formulas of the work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "assert_between.h"
#include "plan.h"
#include "splitmix.h"

enum { WORKLOADS = 2, ROWS = 5, BLOCKS = 40 };

static void random_is_splitmix64(void **state)
{
    (void)state;
    /* The first numbers of the published reference for seed 1234567. */
    static const uint64_t published[] = {
        UINT64_C(6457827717110365317),  UINT64_C(3203168211198807973),
        UINT64_C(9817491932198370423),  UINT64_C(4593380528125082431),
        UINT64_C(16408922859458223821),
    };
    uint64_t seed = 1234567;
    for (size_t i = 0; i < ARRAY_LENGTH(published); i++)
        assert_true(splitmix_next(&seed) == published[i]);
}

static void each_row_once_per_block_and_workload(void **state)
{
    (void)state;
    AUTO(plan) struct plan plan = {0};
    plan_build(WORKLOADS, ROWS, BLOCKS, 7, &plan);
    assert_int_equal(plan.trial_count, WORKLOADS * ROWS * BLOCKS);
    int seen[BLOCKS][WORKLOADS][ROWS] = {0};
    for (size_t i = 0; i < plan.trial_count; i++) {
        const struct plan_trial *trial = &plan.trials[i];
        assert_int_equal(trial->id, i + 1);
        assert_int_equal(trial->block, i / (WORKLOADS * ROWS) + 1);
        assert_int_equal(trial->workload, i / ROWS % WORKLOADS);
        seen[trial->block - 1][trial->workload][trial->row]++;
    }
    for (size_t i = 0; i < sizeof seen / sizeof(int); i++)
        assert_int_equal(((int *)seen)[i], 1);
}

static void same_seed_same_plan(void **state)
{
    (void)state;
    AUTO(plan) struct plan a = {0};
    AUTO(plan) struct plan b = {0};
    AUTO(plan) struct plan c = {0};
    plan_build(WORKLOADS, ROWS, BLOCKS, 7, &a);
    plan_build(WORKLOADS, ROWS, BLOCKS, 7, &b);
    plan_build(WORKLOADS, ROWS, BLOCKS, 8, &c);
    size_t bytes = a.trial_count * sizeof *a.trials;
    assert_memory_equal(a.trials, b.trials, bytes);
    assert_memory_not_equal(a.trials, c.trials, bytes);
}

/* With 200 blocks each row stands first in about 40; 4 sigma is 23. */
static void orders_differ_between_blocks(void **state)
{
    (void)state;
    AUTO(plan) struct plan plan = {0};
    plan_build(1, ROWS, 200, 1, &plan);
    int first[ROWS] = {0};
    for (size_t i = 0; i < plan.trial_count; i += ROWS)
        first[plan.trials[i].row]++;
    for (size_t row = 0; row < ROWS; row++)
        assert_between(first[row], 17, 63);
}

static void nothing_to_do_is_an_empty_plan(void **state)
{
    (void)state;
    AUTO(plan) struct plan plan = {0};
    plan_build(0, ROWS, 3, 1, &plan);
    assert_int_equal(plan.trial_count, 0);
    plan_release(&plan);
    plan_release(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_is_splitmix64),
        cmocka_unit_test(each_row_once_per_block_and_workload),
        cmocka_unit_test(same_seed_same_plan),
        cmocka_unit_test(orders_differ_between_blocks),
        cmocka_unit_test(nothing_to_do_is_an_empty_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
