/* A subject's side of the control channel; this program is the subject and the driver. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "allocator.h"
#include "assert_between.h"
#include "cleanup.h"
#include "control.h"
#include "subject.h"

enum {
    LOST_BLOCKS = 100,
    LOST_BYTES = 1000,
    CACHE_NOISE_BYTES = 8192, /* glibc counts its per-thread cache as live */
};

static struct subject subject;
static int driver = -1;
static struct control_line line;

static int start(void **state)
{
    (void)state;
    int pair[2];
    char text[16];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
        return -1;
    driver = pair[0];
    (void)snprintf(text, sizeof text, "%d", pair[1]);
    (void)setenv(CONTROL_FD_ENV, text, 1);
    if (fcntl(driver, F_SETFL, O_NONBLOCK) < 0)
        return -1;
    return subject_open(&subject, "peer");
}

static int stop_subject(void **state)
{
    (void)state;
    cleanup_close(&driver);
    cleanup_close(&subject.fd);
    return 0;
}

static void request(const char *text)
{
    assert_int_equal(send(driver, text, strlen(text), 0), strlen(text));
}

static void expect(const char *verb)
{
    assert_int_equal(control_receive(driver, &line), 0);
    if (!control_is(&line, verb))
        fail_msg("expected %s, got %s", verb, line.text);
}

static void expect_nothing(void)
{
    assert_int_equal(control_receive(driver, &line), -EAGAIN);
}

static int64_t number(const char *key)
{
    int64_t value = 0;
    assert_int_equal(control_get_i64(&line, key, &value), 0);
    return value;
}

static void test_ready(void **state)
{
    (void)state;
    char text[IDENTITY_TEXT_MAX];
    subject_ready(&subject, "tcp://127.0.0.1:4711");
    for (assert_int_equal(control_receive(driver, &line), 0); control_is(&line, "option");
         assert_int_equal(control_receive(driver, &line), 0)) {
        assert_int_equal(control_get(&line, "name", text, sizeof text), 0);
        assert_int_equal(control_get(&line, "value", text, sizeof text), 0);
    }
    assert_true(control_is(&line, "ready"));
    assert_int_equal(number("pid"), getpid());
    assert_int_equal(control_get(&line, "role", text, sizeof text), 0);
    assert_string_equal(text, "peer");
    assert_int_equal(control_get(&line, "allocator", text, sizeof text), 0);
    assert_string_equal(text, allocator_linked.name);
    assert_int_equal(control_get(&line, "endpoint", text, sizeof text), 0);
    assert_string_equal(text, "tcp://127.0.0.1:4711");
    assert_int_equal(control_get(&line, "identity", text, sizeof text), 0);
    assert_non_null(strstr(text, "malloc and its family in"));
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++) {
        char key[64];
        const char *reason = allocator_linked.unavailable((enum allocator_stat)i);
        (void)snprintf(key, sizeof key, "na.%s", allocator_stat_names[i]);
        assert_int_equal(control_get(&line, key, text, sizeof text), reason ? 0 : -ENOENT);
        if (reason)
            assert_string_equal(text, reason);
    }
    expect_nothing();
}

static void test_stats_wait_for_their_goals(void **state)
{
    (void)state;
    struct subject_counter counters[] = {{"leaves_heard", 2}, {"announces", 5}};
    assert_int_equal(subject_next(&subject), SUBJECT_NOTHING);
    subject_stats_due(&subject, counters, 2);
    expect_nothing();

    request("stats at.leaves_heard=3 at.announces=5");
    assert_int_equal(subject_next(&subject), SUBJECT_STATS);
    subject_stats_due(&subject, counters, 2);
    expect_nothing();
    counters[0].value = 3;
    subject_stats_due(&subject, counters, 2);
    expect("stats");
    assert_int_equal(number("leaves_heard"), 3);
    assert_int_equal(number("announces"), 5);
    assert_true(number("read_ns") > 0);
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++) {
        int64_t value = 0;
        int rc = control_get_i64(&line, allocator_stat_names[i], &value);
        assert_int_equal(rc, allocator_linked.unavailable((enum allocator_stat)i) ? -ENOENT : 0);
    }
    subject_stats_due(&subject, counters, 2); /* answered once */
    expect_nothing();

    request("stats");
    assert_int_equal(subject_next(&subject), SUBJECT_STATS);
    subject_stats_due(&subject, counters, 2);
    expect("stats");
}

static void test_answers_do_not_allocate(void **state)
{
    (void)state;
    const struct subject_counter counters[] = {{"leaves_heard", 2}};
    struct allocator_stats first;
    struct allocator_stats last;
    for (int i = 0; i <= 100; i++) {
        request("stats at.leaves_heard=1");
        assert_int_equal(subject_next(&subject), SUBJECT_STATS);
        subject_stats_due(&subject, counters, 1);
        expect("stats");
        assert_int_equal(allocator_linked.stats(i == 0 ? &first : &last), 0);
    }
    assert_memory_equal(&first, &last, sizeof first);
}

static void test_release_and_leave(void **state)
{
    (void)state;
    request("release");
    assert_int_equal(subject_next(&subject), SUBJECT_NOTHING);
    expect("released");
    assert_true(number("ns") > 0);
    request("leave");
    assert_int_equal(subject_next(&subject), SUBJECT_LEAVE);
    cleanup_close(&driver);
    driver = -1;
    assert_int_equal(subject_next(&subject), SUBJECT_LEAVE); /* the driver is gone */
}

static void test_misunderstandings(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "dance",
        "stats at.leaves_heard=x",
        "stats leaves_heard=3",
        "stats at.a=1 at.b=1 at.c=1 at.d=1 at.e=1",
        "stats at.a_name_longer_than_any_counter_has=1",
        "stats  at.a=1",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(requests); i++) {
        request(requests[i]);
        assert_int_equal(subject_next(&subject), SUBJECT_LEAVE);
        assert_false(subject.stats_pending);
        expect("failed");
        assert_int_equal(control_get(&line, "reason", (char[512]){""}, 512), 0);
    }
}

/* The last line of a child that lost `lost` blocks: in a child, since only exit may follow it. */
static struct allocator_leftover finish(int lost, int64_t *out_lost_bytes)
{
    int report[2];
    assert_int_equal(pipe(report), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int64_t bytes = 0;
        for (int i = 0; i < lost; i++)
            bytes += (int64_t)malloc_usable_size(malloc(LOST_BYTES));
        (void)!write(report[1], &bytes, sizeof bytes);
        subject_finish(&subject, &(struct subject_counter){"leaves_heard", 7}, 1);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(read(report[0], out_lost_bytes, sizeof *out_lost_bytes), sizeof(int64_t));
    cleanup_close(&report[0]);
    cleanup_close(&report[1]);
    expect("exit");
    assert_int_equal(number("leaves_heard"), 7);
    struct allocator_leftover left = {.blocks = ALLOCATOR_NA, .bytes = ALLOCATOR_NA};
    (void)control_get_i64(&line, "live_blocks", &left.blocks);
    (void)control_get_i64(&line, "live_bytes", &left.bytes);
    expect_nothing();
    return left;
}

/* mimalloc 3.0 and 3.1 are known not to tell. */
static bool told_at_exit(void)
{
    char version[64] = "";
    (void)allocator_linked.version(version, sizeof version);
    return strcmp(allocator_linked.name, "mimalloc") != 0 ||
           (strncmp(version, "3.0.", 4) != 0 && strncmp(version, "3.1.", 4) != 0);
}

static void test_finish_counts_what_is_lost(void **state)
{
    (void)state;
    int64_t lost_bytes = 0;
    struct allocator_leftover clean = finish(0, &lost_bytes);
    struct allocator_leftover left = finish(LOST_BLOCKS, &lost_bytes);
    int64_t expected = lost_bytes + LOST_BLOCKS * allocator_linked.block_overhead_bytes;
    print_message("clean %lld blocks %lld bytes, after %d lost %lld blocks %lld bytes\n",
                  (long long)clean.blocks, (long long)clean.bytes, LOST_BLOCKS,
                  (long long)left.blocks, (long long)left.bytes);
    assert_int_equal(clean.bytes == ALLOCATOR_NA, !told_at_exit());
    if (clean.bytes == ALLOCATOR_NA)
        skip();
    assert_between(left.bytes - clean.bytes, expected - CACHE_NOISE_BYTES,
                   expected + CACHE_NOISE_BYTES);
    if (clean.blocks != ALLOCATOR_NA)
        assert_int_equal(left.blocks - clean.blocks, LOST_BLOCKS);
}

#define subject_test(test) cmocka_unit_test_setup_teardown(test, start, stop_subject)

int main(void)
{
    const struct CMUnitTest tests[] = {
        subject_test(test_ready),
        subject_test(test_stats_wait_for_their_goals),
        subject_test(test_answers_do_not_allocate),
        subject_test(test_release_and_leave),
        subject_test(test_misunderstandings),
        subject_test(test_finish_counts_what_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
