/*
 * Lines over shared memory: whose turn it is, many processes at once, and a process that writes
 * into the memory what it likes.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cleanup.h"
#include "clock.h"
#include "control_lanes.h"

struct memory {
    int fd;
    struct lanes *lanes;
};

static const int64_t deadline_ns = 20LL * CLOCK_NS_PER_S;

static int make(void **state)
{
    static struct memory memory;
    struct err err = ERR_INIT;
    *state = &memory;
    return lanes_make(&memory.fd, &memory.lanes, &err);
}

static int release(void **state)
{
    struct memory *memory = *state;
    lanes_unmap(memory->lanes);
    return close(memory->fd);
}

/* Until it has said something, which must come. */
static void collect(struct lanes *lanes, size_t i, struct control_line *line)
{
    uint32_t seen = atomic_load(&lanes->said);
    while (!lane_collect(&lanes->lane[i], line)) {
        lanes_await(lanes, seen);
        seen = atomic_load(&lanes->said);
    }
}

/* A process: says its number, doubles what it is asked for until that is 0. */
static int live(const char *path, int64_t number)
{
    struct control_line line;
    struct lanes *lanes = lanes_map(path);
    struct lane *lane = lanes ? lanes_take(lanes) : NULL;
    int64_t asked = number;
    if (!lane)
        return 1;
    do {
        control_begin(&line, "says");
        control_add_i64(&line, "number", 2 * asked);
        if (lane_say(lanes, lane, &line, clock_now_ns() + deadline_ns) < 0)
            return 2;
        if (lane_hear(lane, &line) < 0 || control_get_i64(&line, "number", &asked) < 0)
            return 3;
    } while (asked != 0);
    return 0;
}

static void each_has_its_turn(void **state)
{
    enum { PROCESSES = 8, QUESTIONS = 200 };
    const struct memory *memory = *state;
    struct control_line line;
    char path[64];
    int64_t sum = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)getpid(), memory->fd);
    for (int64_t i = 1; i <= PROCESSES; i++) {
        if (fork() == 0)
            _exit(live(path, i));
        int64_t number = 0;
        collect(memory->lanes, (size_t)i - 1, &line);
        assert_int_equal(control_get_i64(&line, "number", &number), 0);
        sum += number;
    }
    assert_int_equal(sum, PROCESSES * (PROCESSES + 1));
    for (int64_t asked = QUESTIONS; asked >= 0; asked--) {
        control_begin(&line, "ask");
        control_add_i64(&line, "number", asked);
        for (size_t i = 0; i < PROCESSES; i++) {
            assert_true(lane_is_quiet(&memory->lanes->lane[i]));
            assert_int_equal(lane_ask(&memory->lanes->lane[i], &line), 0);
            assert_int_equal(lane_ask(&memory->lanes->lane[i], &line), -EAGAIN);
        }
        for (size_t i = 0; asked > 0 && i < PROCESSES; i++) {
            struct control_line answer;
            int64_t number = 0;
            collect(memory->lanes, i, &answer);
            assert_int_equal(control_get_i64(&answer, "number", &number), 0);
            assert_int_equal(number, 2 * asked);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = -1;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
}

static void lanes_are_taken_once(void **state)
{
    struct lanes *lanes = ((struct memory *)*state)->lanes;
    for (size_t i = 0; i < LANES; i++)
        lane_clear(&lanes->lane[i]);
    for (size_t i = 0; i < LANES; i++)
        assert_ptr_equal(lanes_take(lanes), &lanes->lane[i]);
    assert_null(lanes_take(lanes));
    lane_clear(&lanes->lane[7]);
    assert_ptr_equal(lanes_take(lanes), &lanes->lane[7]);
}

static void a_silent_driver_is_not_waited_for_for_ever(void **state)
{
    struct lanes *lanes = ((struct memory *)*state)->lanes;
    struct control_line line;
    lane_clear(&lanes->lane[0]);
    struct lane *lane = lanes_take(lanes);
    control_begin(&line, "first");
    assert_int_equal(lane_say(lanes, lane, &line, clock_now_ns()), 0);
    assert_int_equal(lane_say(lanes, lane, &line, clock_now_ns()), -ETIMEDOUT);
    assert_true(lane_collect(lane, &line));
    assert_int_equal(lane_say(lanes, lane, &line, clock_now_ns()), 0);
}

/* What is no line, is longer than a lane, or is told twice. */
static void what_a_stranger_writes(void **state)
{
    struct lanes *lanes = ((struct memory *)*state)->lanes;
    static const struct {
        const char *text;
        uint32_t length;
        bool is_line;
    } cases[] = {
        {"ready pid=1", 11, true},
        {"ready pid=1", UINT32_MAX, false},
        {"", 0, false},
        {"ready pid", 9, false},
        {"a b=%zz", 7, false},
        {"ready pid=1", CONTROL_LINE_MAX, false},
        {"re\001", 6, false},
        {"ready pid=1", CONTROL_LINE_MAX - 1, false},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct control_line line;
        struct lane *lane = &lanes->lane[1];
        (void)memset(lane->text, 0, sizeof lane->text);
        (void)memcpy(lane->text, cases[i].text, strlen(cases[i].text));
        lane->length = cases[i].length;
        atomic_store(&lane->state, LANE_SAID);
        assert_int_equal(lane_collect(lane, &line), cases[i].is_line);
        assert_false(lane_collect(lane, &line));
        assert_true(lane_is_quiet(lane));
    }
    assert_null(lanes_map("/proc/self/exe"));
    assert_null(lanes_map("/nowhere"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_turn),
        cmocka_unit_test(lanes_are_taken_once),
        cmocka_unit_test(a_silent_driver_is_not_waited_for_for_ever),
        cmocka_unit_test(what_a_stranger_writes),
    };
    return cmocka_run_group_tests(tests, make, release);
}
