/* Workers: the same blocks for any number of them, exact counts, threads that come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <zmq.h>

#include "cleanup.h"
#include "workers.h"

static const struct session_options session = {
    .blocks = 50,
    .min_bytes = 16,
    .max_bytes = 4096,
    .outlive_percent = 10,
    .outlive_cycles = 3,
    .seed = 7,
};

static void *context;

static int open_context(void **state)
{
    (void)state;
    context = zmq_ctx_new();
    return context ? 0 : -1;
}

/* Not zmq_ctx_term(), which waits for sockets that a failed test has left open. */
static int close_context(void **state)
{
    (void)state;
    return zmq_ctx_shutdown(context);
}

/* A different uuid for each number. */
static unsigned char *number(int i)
{
    static uuid_t uuid;
    (void)memset(uuid, 0, sizeof uuid);
    (void)memcpy(uuid, &i, sizeof i);
    return uuid;
}

static void join_and_leave(struct workers *workers, int first, int count)
{
    struct err err = ERR_INIT;
    for (int i = first; i < first + count; i++)
        assert_int_equal(workers_join(workers, number(i), &err), 0);
    for (int i = first; i < first + count; i++)
        assert_int_equal(workers_leave(workers, number(i), &err), 0);
}

/* Bytes that 4 sessions ask for, by the plain sessions of one thread. */
static int64_t bytes_of_sessions(void)
{
    AUTO(sessions) struct sessions sessions;
    assert_int_equal(session_open(&sessions, &session, NULL), 0);
    for (int i = 0; i < 4; i++)
        session_join(&sessions, number(i));
    return sessions.bytes_requested_live;
}

static void test_the_work_is_the_same(void **state)
{
    (void)state;
    const int64_t bytes = bytes_of_sessions();
    static const int64_t counts[] = {1, 2, 3, 7, WORKERS_MAX};
    for (size_t i = 0; i < ARRAY_LENGTH(counts); i++) {
        struct err err = ERR_INIT;
        AUTO(workers) struct workers workers = {.count = 0};
        const struct workers_options options = {counts[i], 0, 4, session};
        assert_int_equal(workers_open(&workers, &options, context, &err), 0);
        for (int k = 0; k < 4; k++)
            assert_int_equal(workers_join(&workers, number(k), &err), 0);
        assert_int_equal(workers.built, 200);
        assert_int_equal(workers.bytes_requested_live, bytes);
        for (int k = 0; k < 4; k++)
            assert_int_equal(workers_leave(&workers, number(k), &err), 0);
        assert_int_equal(workers.freed, 200 - 3 * 5); /* 5 of each outlive it, for 3 others */
        join_and_leave(&workers, 4, 4);
        assert_int_equal(workers.built, 400);
        assert_int_equal(workers.freed, 400 - 3 * 5);
        assert_int_equal(workers.started, counts[i]);
        workers_close(&workers);
        assert_int_equal(workers.freed, 400);
        assert_int_equal(workers.spoiled + workers.refused, 0);
        assert_int_equal(workers.bytes_requested_live, 0);
    }
}

static void test_threads_come_and_go(void **state)
{
    (void)state;
    const struct {
        int64_t workers, sessions, joined, started;
    } cases[] = {
        {1, 4, 4, 1}, {1, 4, 5, 2}, {2, 4, 3, 3}, {2, 4, 8, 5}, {2, 1, 5, 10}, {3, 0, 20, 3},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO(workers) struct workers workers = {.count = 0};
        const struct workers_options options = {cases[i].workers, cases[i].sessions, 2, session};
        assert_int_equal(workers_open(&workers, &options, context, NULL), 0);
        join_and_leave(&workers, 0, (int)cases[i].joined);
        assert_int_equal(workers.started, cases[i].started);
        assert_int_equal(workers.spoiled + workers.refused, 0);
    }
}

static void test_a_block_that_was_overwritten(void **state)
{
    (void)state;
    struct session_options one = session;
    one.blocks = 1;
    one.outlive_cycles = 0;
    AUTO(workers) struct workers workers = {.count = 0};
    const struct workers_options options = {1, 0, 1, one};
    assert_int_equal(workers_open(&workers, &options, context, NULL), 0);
    assert_int_equal(workers_join(&workers, number(1), NULL), 0);
    unsigned char *memory = workers_block(&workers, number(1), 0);
    memory[0] ^= 1;
    assert_int_equal(workers_leave(&workers, number(1), NULL), 0);
    assert_int_equal(workers.freed, 1);
    assert_int_equal(workers.spoiled, 1);
}

static void test_strangers_and_closed_ones(void **state)
{
    (void)state;
    AUTO(workers) struct workers workers = {.count = 0};
    assert_int_equal(workers_join(&workers, number(1), NULL), 0);
    assert_int_equal(workers_leave(&workers, number(1), NULL), 0);
    const struct workers_options options = {2, 0, 1, session};
    assert_int_equal(workers_open(&workers, &options, context, NULL), 0);
    assert_int_equal(workers_leave(&workers, number(9), NULL), 0);
    join_and_leave(&workers, 1, 1);
    assert_int_equal(workers.left, 1);
}

static void test_options_that_cannot_be(void **state)
{
    (void)state;
    struct workers workers = {.count = 0};
    struct err err = ERR_INIT;
    const struct workers_options none = {2, 0, 1, {.blocks = 0}};
    assert_int_equal(workers_open(&workers, &none, context, &err), -EINVAL);
    assert_non_null(strstr(err.text, "there are none"));
    const struct workers_options many = {WORKERS_MAX + 1, 0, 1, session};
    assert_int_equal(workers_open(&workers, &many, context, &err), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_work_is_the_same),
        cmocka_unit_test(test_threads_come_and_go),
        cmocka_unit_test(test_a_block_that_was_overwritten),
        cmocka_unit_test(test_strangers_and_closed_ones),
        cmocka_unit_test(test_options_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
