/*
 * scenarios: every row is whole, every load has one, and the closed formulas of the work.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "scenarios.h"

static char rounds[] = "rounds", messages[] = "messages", processes[] = "processes";

/* Roles: measured ones first, one at least, names that can be those of files and columns. */
static void rows_are_whole(void **state)
{
    (void)state;
    for (const struct scenario *const *row = scenarios; *row; row++) {
        const struct scenario_role *role = (*row)->roles;
        size_t count = 0;
        bool helping = false;
        assert_true((*row)->start && (*row)->load && (*row)->leave);
        assert_true(role->measured);
        for (; role->name; role++, count++) {
            assert_false(role->measured && helping);
            helping = helping || !role->measured;
            assert_int_equal(strspn(role->name, "abcdefghijklmnopqrstuvwxyz-"), strlen(role->name));
        }
        assert_true(count <= SCENARIO_ROLES_MAX);
        assert_non_null((*row)->loads[0].word);
    }
}

static void each_load_is_played_by_one(void **state)
{
    (void)state;
    const struct spec_load *loads = scenario_loads();
    size_t count = 0;
    for (; loads[count].word; count++) {
        assert_non_null(scenario_find(loads[count].word));
        assert_non_null(loads[count].cycle_unit);
        for (size_t i = 0; i < count; i++)
            assert_string_not_equal(loads[i].word, loads[count].word);
    }
    assert_int_equal(count, 11);
    assert_ptr_equal(scenario_find("monitor-only"), scenario_find("connect-only"));
    assert_null(scenario_find("moon"));
}

/* A run that another build made is answered, and not played by something else. */
static void an_unknown_load_is_answered(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    char moon[] = "moon";
    struct workload workload = {.name = "w", .load = moon};
    const struct scenario *scenario = NULL;
    assert_int_equal(scenario_of(&workload, &scenario, &err), -EINVAL);
    assert_string_equal(err.text, "workload 'w': no scenario of this build plays its load, 'moon'");
    workload.load = NULL;
    assert_int_equal(scenario_of(&workload, &scenario, &err), -EINVAL);
}

/* By hand. M = 2, one round, mesh: the first newcomer is heard as 1 announcement + 1 answer of the
 * subject + 1 answer to the subject; the second as 1 + 2 + 2; together 8, and the subject's own. */
static const struct work_row {
    const char *name;
    struct workload workload;
    int64_t joins, leaves, connects, peers_max, messages, lost, forwarded;
} work_rows[] = {
    {"M=1", {.load = rounds, .peers = 1, .rounds = 1, .mesh = true}, 4, 1, 2, 2, 0, 0, 5},
    {"M=1 star", {.load = rounds, .peers = 1, .rounds = 1}, 4, 1, 2, 2, 0, 0, 5},
    {"M=2", {.load = rounds, .peers = 2, .rounds = 1, .mesh = true}, 9, 2, 3, 3, 0, 0, 11},
    {"M=2 star", {.load = rounds, .peers = 2, .rounds = 1}, 7, 2, 3, 3, 0, 0, 9},
    {"M=8, 72 rounds",
     {.load = rounds, .peers = 8, .rounds = 72, .mesh = true},
     5761,
     576,
     577,
     9,
     0,
     0,
     6337},
    {"M=8, 3 messages, leak",
     {.load = rounds, .peers = 8, .rounds = 2, .mesh = true, .messages = 3, .leak_bytes = 64},
     161,
     16,
     17,
     9,
     48,
     16,
     177},
    {"bursts",
     {.load = messages, .peers = 2, .rounds = 5, .mesh = true, .messages = 10},
     9,
     2,
     3,
     3,
     100,
     0,
     11},
    {"processes",
     {.load = processes, .peers = 10, .rounds = 6, .mesh = true, .leak_bytes = 8},
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
    const struct scenario *scenario = scenario_find(workload->load);
    assert_non_null(scenario);
    for (const struct scenario_work *work = scenario->work; work->role; work++)
        if (strcmp(work->role, role) == 0 && strcmp(work->counter, counter) == 0)
            return work->expected(workload);
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

/* Two threads; the first is relieved after 4 and 8 of 9 sessions, the second, half of its time old,
 * after 2 and 6. Of the last three sessions 5 of 50 blocks each stay. */
static void work_of_threads(void **state)
{
    (void)state;
    struct workload workload = {
        .load = rounds,
        .peers = 3,
        .rounds = 3,
        .session = {.blocks = 50, .outlive_percent = 10, .outlive_cycles = 3},
        .workers = {.count = 2, .sessions = 4}};
    assert_int_equal(work_of(&workload, "peer", "worker_threads"), 6);
    assert_int_equal(work_of(&workload, "peer", "worker_blocks_built"), 450);
    assert_int_equal(work_of(&workload, "peer", "worker_blocks_freed"), 435);
    workload.workers.sessions = 0;
    assert_int_equal(work_of(&workload, "peer", "worker_threads"), 2);
    workload.workers.count = 0;
    assert_int_equal(work_of(&workload, "peer", "worker_threads"), 0);
    assert_int_equal(work_of(&workload, "peer", "worker_blocks_built"), 0);
    assert_int_equal(work_of(&workload, "peer", "worker_blocks_freed"), 0);
}

int main(void)
{
    struct CMUnitTest tests[4 + ARRAY_LENGTH(work_rows)] = {
        cmocka_unit_test(rows_are_whole),
        cmocka_unit_test(each_load_is_played_by_one),
        cmocka_unit_test(an_unknown_load_is_answered),
        cmocka_unit_test(work_of_threads),
    };
    for (size_t i = 0; i < ARRAY_LENGTH(work_rows); i++)
        tests[4 + i] = (struct CMUnitTest){.name = work_rows[i].name,
                                           .test_func = work_is_as_by_hand,
                                           .initial_state = (void *)(uintptr_t)&work_rows[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
