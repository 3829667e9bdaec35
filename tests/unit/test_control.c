#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "cleanup.h"
#include "control.h"

static int pair[2];

static int open_pair(void **state)
{
    (void)state;
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

static int close_pair(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        cleanup_close(&pair[i]);
        pair[i] = -1;
    }
    return 0;
}

static void test_round_trip(void **state)
{
    (void)state;
    static struct control_line line;
    static struct control_line got;
    const char *hard = "a b=c%d\n\x7f\xc3\xa4 end ";
    control_begin(&line, "ready");
    control_add(&line, "reason", hard);
    control_add(&line, "empty", "");
    control_add_i64(&line, "low", INT64_MIN);
    control_add_i64(&line, "high", INT64_MAX);
    assert_int_equal(control_send(pair[0], &line), 0);
    assert_int_equal(control_receive(pair[1], &got), 0);
    assert_string_equal(got.text, line.text);
    assert_true(control_is(&got, "ready"));
    assert_false(control_is(&got, "read"));
    assert_false(control_is(&got, "readyy"));

    char text[64];
    int64_t value = 0;
    assert_int_equal(control_get(&got, "reason", text, sizeof text), 0);
    assert_string_equal(text, hard);
    assert_int_equal(control_get(&got, "empty", text, sizeof text), 0);
    assert_string_equal(text, "");
    assert_int_equal(control_get_i64(&got, "low", &value), 0);
    assert_true(value == INT64_MIN);
    assert_int_equal(control_get_i64(&got, "high", &value), 0);
    assert_true(value == INT64_MAX);
    assert_int_equal(control_get(&got, "lo", text, sizeof text), -ENOENT);
}

static void test_getters_leave_out_alone(void **state)
{
    (void)state;
    static struct control_line line;
    control_begin(&line, "stats");
    control_add(&line, "word", "12x");
    control_add(&line, "empty", "");
    control_add(&line, "blank", " 5");
    control_add(&line, "plus", "+5");
    control_add(&line, "huge", "9223372036854775808");
    control_add(&line, "long", "123456");
    static const char *const no_numbers[] = {"word", "empty", "blank", "plus", "huge"};
    int64_t value = -77;
    for (size_t i = 0; i < ARRAY_LENGTH(no_numbers); i++) {
        assert_int_equal(control_get_i64(&line, no_numbers[i], &value), -EPROTO);
        assert_int_equal(value, -77);
    }
    char text[6] = "keep";
    assert_int_equal(control_get(&line, "long", text, sizeof text), -EPROTO);
    assert_string_equal(text, "keep");
}

static void test_walk(void **state)
{
    (void)state;
    static struct control_line line;
    control_begin(&line, "exit");
    control_add(&line, "a", "1 2");
    control_add(&line, "b", "");
    size_t cursor = 0;
    char key[8];
    char value[8];
    assert_int_equal(control_next(&line, &cursor, key, sizeof key, value, sizeof value), 1);
    assert_string_equal(key, "a");
    assert_string_equal(value, "1 2");
    assert_int_equal(control_next(&line, &cursor, key, sizeof key, value, sizeof value), 1);
    assert_string_equal(key, "b");
    assert_string_equal(value, "");
    assert_int_equal(control_next(&line, &cursor, key, sizeof key, value, sizeof value), 0);

    control_begin(&line, "leave");
    cursor = 0;
    assert_int_equal(control_next(&line, &cursor, key, sizeof key, value, sizeof value), 0);
}

static void test_garbage_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
    } cases[] = {
        {" ", 1},         {" a=1", 4},         {"verb a", 6},      {"verb =1", 7},
        {"verb  a=1", 9}, {"verb a=1 ", 9},    {"ve=rb", 5},       {"ve%20rb", 7},
        {"verb a=%2", 9}, {"verb a=%zz", 10},  {"verb a=%00", 10}, {"verb a=b=c", 10},
        {"verb a=\n", 8}, {"verb a=1\0b", 10}, {"\0", 1},          {"verb a=\xff", 8},
        {"verb a=%", 8},  {"verb a=%2f", 10},  {"verb\ta=1", 8},
    };
    static struct control_line got;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_int_equal(send(pair[0], cases[i].bytes, cases[i].length, 0), cases[i].length);
        int rc = control_receive(pair[1], &got);
        if (rc != -EPROTO)
            fail_msg("case %zu '%s' gave %d", i, cases[i].bytes, rc);
    }
}

static void test_record_too_long(void **state)
{
    (void)state;
    static char record[CONTROL_LINE_MAX + 10];
    static struct control_line got;
    (void)memset(record, 'v', sizeof record);
    assert_int_equal(send(pair[0], record, CONTROL_LINE_MAX - 1, 0), CONTROL_LINE_MAX - 1);
    assert_int_equal(control_receive(pair[1], &got), 0);
    assert_int_equal(got.length, CONTROL_LINE_MAX - 1);
    assert_int_equal(send(pair[0], record, CONTROL_LINE_MAX, 0), CONTROL_LINE_MAX);
    assert_int_equal(control_receive(pair[1], &got), -EPROTO);
    assert_int_equal(send(pair[0], record, sizeof record, 0), sizeof record);
    assert_int_equal(control_receive(pair[1], &got), -EPROTO);
}

static void test_overflow_keeps_whole_pairs(void **state)
{
    (void)state;
    static struct control_line line;
    static char big[CONTROL_LINE_MAX];
    (void)memset(big, ' ', sizeof big - 1);
    control_begin(&line, "ready");
    control_add(&line, "a", "1");
    control_add(&line, "big", big);
    assert_true(line.overflow);
    assert_string_equal(line.text, "ready a=1");
    assert_int_equal(control_send(pair[0], &line), -EMSGSIZE);
    control_begin(&line, "ready");
    assert_int_equal(control_send(pair[0], &line), 0);
}

static void test_ends(void **state)
{
    (void)state;
    static struct control_line line;
    control_begin(&line, "leave");
    assert_int_equal(fcntl(pair[1], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(control_receive(pair[1], &line), -EAGAIN);
    cleanup_close(&pair[0]);
    pair[0] = -1;
    assert_int_equal(control_receive(pair[1], &line), -EPIPE);
    control_begin(&line, "exit");
    assert_int_equal(control_send(pair[1], &line), -EPIPE);
}

static void test_inherited_fd(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "x", "3x", "-1", "99999", "4294967296"};
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        assert_int_equal(setenv(CONTROL_FD_ENV, wrong[i], 1), 0);
        assert_int_equal(control_inherited_fd(), -1);
        assert_null(getenv(CONTROL_FD_ENV));
    }
    assert_int_equal(control_inherited_fd(), -1);

    char text[16];
    (void)snprintf(text, sizeof text, "%d", pair[1]);
    assert_int_equal(fcntl(pair[1], F_SETFD, 0), 0);
    assert_int_equal(setenv(CONTROL_FD_ENV, text, 1), 0);
    assert_int_equal(control_inherited_fd(), pair[1]);
    assert_int_equal(fcntl(pair[1], F_GETFD), FD_CLOEXEC);
    assert_null(getenv(CONTROL_FD_ENV));
}

#define with_pair(test) cmocka_unit_test_setup_teardown(test, open_pair, close_pair)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_pair(test_round_trip),
        cmocka_unit_test(test_getters_leave_out_alone),
        cmocka_unit_test(test_walk),
        with_pair(test_garbage_is_refused),
        with_pair(test_record_too_long),
        with_pair(test_overflow_keeps_whole_pairs),
        with_pair(test_ends),
        with_pair(test_inherited_fd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
