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

/* By hand. M = 2, one round, mesh: the first newcomer is heard as 1 announcement + 1 answer of the
 * subject + 1 answer to the subject; the second as 1 + 2 + 2; together 8, and the subject's own. */
static const struct work_row {
    const char *name;
    struct workload workload;
    int64_t joins, leaves, connects, peers_max, messages, lost, forwarded;
} work_rows[] = {
    {"M=1", {.load = SPEC_ROUNDS, .peers = 1, .rounds = 1, .mesh = true}, 4, 1, 2, 2, 0, 0, 5},
    {"M=1 star", {.load = SPEC_ROUNDS, .peers = 1, .rounds = 1}, 4, 1, 2, 2, 0, 0, 5},
    {"M=2", {.load = SPEC_ROUNDS, .peers = 2, .rounds = 1, .mesh = true}, 9, 2, 3, 3, 0, 0, 11},
    {"M=2 star", {.load = SPEC_ROUNDS, .peers = 2, .rounds = 1}, 7, 2, 3, 3, 0, 0, 9},
    {"M=8, 72 rounds",
     {.load = SPEC_ROUNDS, .peers = 8, .rounds = 72, .mesh = true},
     5761,
     576,
     577,
     9,
     0,
     0,
     6337},
    {"M=8, 3 messages, leak",
     {.load = SPEC_ROUNDS, .peers = 8, .rounds = 2, .mesh = true, .messages = 3, .leak_bytes = 64},
     161,
     16,
     17,
     9,
     48,
     16,
     177},
    {"bursts",
     {.load = SPEC_MESSAGES, .peers = 2, .rounds = 5, .mesh = true, .messages = 10},
     9,
     2,
     3,
     3,
     100,
     0,
     11},
    {"processes",
     {.load = SPEC_PROCESSES, .peers = 10, .rounds = 6, .mesh = true, .leak_bytes = 8},
     -1,
     60,
     61,
     -1,
     0,
     60,
     -1},
};

static int64_t work_of(const struct workload *workload, const char *role, const char *counter)
{
    struct plan_work work[PLAN_WORK_MAX];
    size_t count = plan_work(workload, work);
    assert_between(count, 1, PLAN_WORK_MAX);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(work[i].role, role) == 0 && strcmp(work[i].counter, counter) == 0)
            return work[i].expected;
    }
    fail_msg("no formula for %s of %s", counter, role);
    return -2;
}

static void work_is_as_by_hand(void **state)
{
    const struct work_row *row = *state;
    const struct workload *w = &row->workload;
    assert_int_equal(work_of(w, "peer", "joins_heard"), row->joins);
    assert_int_equal(work_of(w, "peer", "leaves_heard"), row->leaves);
    assert_int_equal(work_of(w, "peer", "disconnects"), row->leaves);
    assert_int_equal(work_of(w, "peer", "connects"), row->connects);
    assert_int_equal(work_of(w, "peer", "peers_max"), row->peers_max);
    assert_int_equal(work_of(w, "peer", "messages_heard"), row->messages);
    assert_int_equal(work_of(w, "peer", "lost_blocks"), row->lost);
    assert_int_equal(work_of(w, "peer", "malformed"), 0);
    assert_int_equal(work_of(w, "proxy", "forwarded"), row->forwarded);
}

int main(void)
{
    struct CMUnitTest tests[5 + ARRAY_LENGTH(work_rows)] = {
        cmocka_unit_test(random_is_splitmix64),
        cmocka_unit_test(each_row_once_per_block_and_workload),
        cmocka_unit_test(same_seed_same_plan),
        cmocka_unit_test(orders_differ_between_blocks),
        cmocka_unit_test(nothing_to_do_is_an_empty_plan),
    };
    for (size_t i = 0; i < ARRAY_LENGTH(work_rows); i++)
        tests[5 + i] = (struct CMUnitTest){.name = work_rows[i].name,
                                           .test_func = work_is_as_by_hand,
                                           .initial_state = (void *)(uintptr_t)&work_rows[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
