/* Sessions: the same sizes every time, exact counts, everything freed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "assert_between.h"
#include "session.h"

static const struct session_options typical = {
    .blocks = 50,
    .min_bytes = 16,
    .max_bytes = 65536,
    .outlive_percent = 10,
    .outlive_cycles = 3,
    .seed = 7,
};

/* A different uuid for each number. */
static unsigned char *number(int i)
{
    static uuid_t uuid;
    (void)memset(uuid, 0, sizeof uuid);
    (void)memcpy(uuid, &i, sizeof i);
    return uuid;
}

static void open_typical(struct sessions *sessions)
{
    assert_int_equal(session_open(sessions, &typical, NULL), 0);
}

static void test_counts_are_exact(void **state)
{
    (void)state;
    AUTO(sessions) struct sessions sessions;
    open_typical(&sessions);
    /* live blocks after i peers came and went: 5 of each, for the last 3 */
    static const int64_t expected[] = {5, 10, 15, 15, 15, 15, 15};
    for (int i = 0; i < (int)ARRAY_LENGTH(expected); i++) {
        session_join(&sessions, number(i));
        assert_int_equal(sessions.blocks_live, (i > 0 ? expected[i - 1] : 0) + 50);
        session_leave(&sessions, number(i));
        assert_int_equal(sessions.blocks_live, expected[i]);
    }
}

static void test_overlapping_sessions(void **state)
{
    (void)state;
    AUTO(sessions) struct sessions sessions;
    open_typical(&sessions);
    for (int i = 0; i < 4; i++)
        session_join(&sessions, number(i));
    assert_int_equal(sessions.blocks_live, 200);
    session_leave(&sessions, number(1)); /* the last one takes its place in the table */
    session_leave(&sessions, number(3));
    session_leave(&sessions, number(0));
    session_leave(&sessions, number(2));
    assert_int_equal(sessions.blocks_live, 15);
}

static void test_sizes_are_deterministic_and_within_bounds(void **state)
{
    (void)state;
    AUTO(sessions) struct sessions first;
    AUTO(sessions) struct sessions second;
    open_typical(&first);
    open_typical(&second);
    int64_t below_1k = 0;
    for (int i = 0; i < 40; i++) {
        session_join(&first, number(i));
        session_join(&second, number(i));
        assert_int_equal(first.bytes_requested_live, second.bytes_requested_live);
    }
    for (int i = 0; i < 40 * 50; i++) {
        assert_between(first.blocks[i].bytes, 16, 65536);
        below_1k += first.blocks[i].bytes < 1024 ? 1 : 0;
    }
    /* log-uniform over 12 octaves: half of them below the middle one (2000 draws, 4 sigma) */
    assert_between(below_1k, 910, 1090);
}

static void test_another_seed_gives_other_sizes(void **state)
{
    (void)state;
    struct session_options options = typical;
    options.seed = 8;
    AUTO(sessions) struct sessions first;
    AUTO(sessions) struct sessions second;
    open_typical(&first);
    assert_int_equal(session_open(&second, &options, NULL), 0);
    session_join(&first, number(0));
    session_join(&second, number(0));
    assert_int_not_equal(first.bytes_requested_live, second.bytes_requested_live);
}

static void test_everything_is_freed(void **state)
{
    (void)state;
    struct sessions sessions;
    open_typical(&sessions);
    for (int i = 0; i < 20; i++)
        session_join(&sessions, number(i));
    for (int i = 0; i < 10; i++)
        session_leave(&sessions, number(i));
    session_close(&sessions);
    assert_int_equal(sessions.blocks_live, 0);
    assert_int_equal(sessions.bytes_requested_live, 0);
    session_close(&sessions);
}

static void test_strangers_and_repetitions_change_nothing(void **state)
{
    (void)state;
    AUTO(sessions) struct sessions sessions;
    open_typical(&sessions);
    session_leave(&sessions, number(1));
    session_join(&sessions, number(2));
    session_join(&sessions, number(2));
    assert_int_equal(sessions.blocks_live, 50);
}

static void test_table_is_bounded(void **state)
{
    (void)state;
    AUTO(sessions) struct sessions sessions;
    open_typical(&sessions);
    for (int i = 0; i < SESSION_PEERS_MAX + 3; i++)
        session_join(&sessions, number(i));
    assert_int_equal(sessions.blocks_live, SESSION_PEERS_MAX * 50);
    assert_int_equal(sessions.refused, 3);
}

static void test_edges(void **state)
{
    (void)state;
    static const struct {
        int64_t blocks, min_bytes, max_bytes, percent, cycles;
        int64_t live; /* after 5 lives, or the error */
    } rows[] = {
        {0, 0, 0, 0, 0, 0},
        {10, 16, 16, 0, 8, 0},
        {10, 16, 64, 100, 2, 20},
        {10, 16, 64, 100, 0, 0},
        {3, 16, 64, 50, 1, 1},
        {10, 0, 64, 0, 0, -EINVAL},
        {10, 64, 16, 0, 0, -EINVAL},
        {10, 1, 2, 101, 0, -EINVAL},
        {10, 1, 2, 0, -1, -EINVAL},
        {-1, 1, 2, 0, 0, -EINVAL},
        {SESSION_BLOCKS_MAX + 1, 1, 2, 0, 0, -EINVAL},
    };
    for (size_t row = 0; row < ARRAY_LENGTH(rows); row++) {
        const struct session_options options = {
            .blocks = rows[row].blocks,
            .min_bytes = rows[row].min_bytes,
            .max_bytes = rows[row].max_bytes,
            .outlive_percent = rows[row].percent,
            .outlive_cycles = rows[row].cycles,
        };
        struct err err = ERR_INIT;
        AUTO(sessions) struct sessions sessions;
        int rc = session_open(&sessions, &options, &err);
        if (rows[row].live < 0) {
            assert_int_equal(rc, rows[row].live);
            assert_true(err.text[0] != '\0');
            continue;
        }
        assert_int_equal(rc, 0);
        for (int i = 0; i < 5; i++) {
            session_join(&sessions, number(i));
            session_leave(&sessions, number(i));
        }
        assert_int_equal(sessions.blocks_live, rows[row].live);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_are_exact),
        cmocka_unit_test(test_overlapping_sessions),
        cmocka_unit_test(test_sizes_are_deterministic_and_within_bounds),
        cmocka_unit_test(test_another_seed_gives_other_sizes),
        cmocka_unit_test(test_everything_is_freed),
        cmocka_unit_test(test_strangers_and_repetitions_change_nothing),
        cmocka_unit_test(test_table_is_bounded),
        cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
