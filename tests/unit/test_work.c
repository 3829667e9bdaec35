/*
 * work.c: lines of the processes into the record, and the check of the work.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "roles.h"
#include "scenarios.h"
#include "work.h"

static char rounds[] = "rounds";
static const struct workload star = {.load = rounds, .peers = 1, .rounds = 2};

/* What a peer and a proxy say after two cycles of one peer in star topology. */
static void say_all(struct record *record, int64_t joins_heard)
{
    struct control_line line;
    struct allocator_stats stats;
    int64_t read_ns = 0;
    control_begin(&line, "stats");
    control_add_i64(&line, "live_bytes", 77);
    control_add_i64(&line, "read_ns", 5);
    control_add_i64(&line, "joins_heard", joins_heard);
    control_add_i64(&line, "leaves_heard", 2);
    control_add_i64(&line, "connects", 3);
    control_add_i64(&line, "disconnects", 2);
    control_add_i64(&line, "peers_max", 2);
    control_add_i64(&line, "messages_heard", 0);
    control_add_i64(&line, "malformed", 0);
    control_add_i64(&line, "lost_blocks", 0);
    control_add_i64(&line, "worker_threads", 0);
    control_add_i64(&line, "worker_blocks_built", 0);
    control_add_i64(&line, "worker_blocks_freed", 0);
    control_add_i64(&line, "worker_blocks_spoiled", 0);
    control_add_i64(&line, "forwarded", 9);
    for (int i = 0; i < ROLE_COUNT; i++)
        assert_int_equal(work_read_stats(&record->roles[i], &line, &stats, &read_ns), 0);
    assert_int_equal(stats.value[STAT_LIVE], 77);
    assert_int_equal(stats.value[STAT_HEAP], ALLOCATOR_NA);
    assert_int_equal(read_ns, 5);
}

static void test_matching_work_stays_valid(void **state)
{
    (void)state;
    AUTO(record) struct record record;
    record_init(&record);
    roles_add(&record);
    record.outcome = RECORD_VALID;
    record.cycles_done = record.cycles_planned = 2;
    say_all(&record, 7);
    work_check(scenario_find("rounds"), &star, &record);
    assert_int_equal(record.outcome, RECORD_VALID);
    assert_null(record.reason);
    assert_int_equal(record.roles[ROLE_PEER].counters[0].expected, 7);
}

static void test_one_message_off_is_invalid(void **state)
{
    (void)state;
    AUTO(record) struct record record;
    record_init(&record);
    roles_add(&record);
    record.outcome = RECORD_VALID;
    record.cycles_done = record.cycles_planned = 2;
    say_all(&record, 6);
    work_check(scenario_find("rounds"), &star, &record);
    assert_int_equal(record.outcome, RECORD_INVALID);
    assert_string_equal(record.reason, "the work does not match: peer counted joins_heard 6, the "
                                       "plan's formula says 7");
}

static void test_silent_counter_is_invalid(void **state)
{
    (void)state;
    AUTO(record) struct record record;
    record_init(&record);
    roles_add(&record);
    record.outcome = RECORD_VALID;
    work_check(scenario_find("rounds"), &star, &record);
    assert_int_equal(record.outcome, RECORD_INVALID);
    assert_string_equal(record.reason, "peer did not report its counter joins_heard");
}

/* A scenario may count on a role that the record has not. */
static void test_absent_role_is_invalid(void **state)
{
    (void)state;
    AUTO(record) struct record record;
    record_init(&record);
    record.outcome = RECORD_VALID;
    work_check(scenario_find("rounds"), &star, &record);
    assert_int_equal(record.outcome, RECORD_INVALID);
    assert_string_equal(record.reason, "peer did not report its counter joins_heard");
}

static void test_bad_statistics(void **state)
{
    (void)state;
    AUTO(record) struct record record;
    record_init(&record);
    roles_add(&record);
    struct control_line line;
    struct allocator_stats stats;
    int64_t read_ns = 0;
    control_begin(&line, "stats");
    control_add(&line, "live_bytes", "many");
    control_add_i64(&line, "read_ns", 5);
    struct record_role *peer = &record.roles[ROLE_PEER];
    assert_int_equal(work_read_stats(peer, &line, &stats, &read_ns), -EPROTO);
    control_begin(&line, "stats");
    control_add_i64(&line, "live_bytes", 5);
    assert_int_equal(work_read_stats(peer, &line, &stats, &read_ns), -EPROTO);
}

static void test_joins(void **state)
{
    (void)state;
    AUTO(record) struct record record;
    record_init(&record);
    roles_add(&record);
    struct control_line line;
    control_begin(&line, "round");
    control_add(&line, "join_ns", "10,20,30");
    assert_int_equal(work_add_joins(&record, &line), 0);
    assert_int_equal(record.join_count, 3);
    assert_int_equal(record.join_ns[2], 30);
    control_begin(&line, "round");
    assert_int_equal(work_add_joins(&record, &line), 0);
    control_add(&line, "join_ns", "10,x");
    assert_int_equal(work_add_joins(&record, &line), -EPROTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matching_work_stays_valid),
        cmocka_unit_test(test_one_message_off_is_invalid),
        cmocka_unit_test(test_silent_counter_is_invalid),
        cmocka_unit_test(test_absent_role_is_invalid),
        cmocka_unit_test(test_bad_statistics),
        cmocka_unit_test(test_joins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
