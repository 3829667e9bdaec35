/* A lane believes a word only as far as it cannot do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "assert_between.h"
#include "compiled_made.h"
#include "lane.h"

#define MS(ms) ((uint64_t)(ms) << TRACE_CLOCK_BITS)

enum { BIG = 16384, SLOTS = 16 };

/* The operation's words in the file. */
static off_t find_operation(const struct compiled_map *map, enum compiled_op op)
{
    const uint64_t *at = map->segments;
    while (compiled_op_of(*at) != op) {
        assert_int_not_equal(compiled_op_of(*at), COMPILED_END);
        at += compiled_words_of(compiled_op_of(*at));
    }
    return (const char *)at - (const char *)map->header;
}

static enum lane_stop play(const struct compiled_map *map)
{
    _Atomic(void *) slots[SLOTS] = {NULL};
    struct lane lane;
    enum lane_stop stop = LANE_EPOCH;
    assert_between(map->header->slot_count, 1, SLOTS);
    assert_int_equal(lane_open(&lane, map, 0, slots), 0);
    while (stop == LANE_EPOCH || stop == LANE_TIME)
        stop = lane_play(&lane);
    lane_close(&lane);
    for (size_t i = 0; i < SLOTS; i++)
        free(atomic_load(&slots[i]));
    return stop;
}

/* A block that is written to at its front at once, and further later. */
static int touched_twice(void)
{
    struct compiled_facts facts;
    struct err err = ERR_INIT;
    struct trace_write *write = trace_write_new();
    trace_write_control(write)->touch_least_bytes = 8192;
    uint32_t main = trace_write_stream(
        write, &(struct trace_write_stream){.image = 1, .began = TRACE_BEGAN_MAIN});
    trace_write_clock(write, MS(1));
    struct trace_name block = trace_write_malloc(write, main, BIG);
    trace_write_clock(write, MS(100));
    trace_write_extent(write, main, block, 64, 0, 0);
    trace_write_free(write, main, trace_write_malloc(write, main, 100));
    trace_write_clock(write, MS(300));
    trace_write_extent(write, main, block, 9000, 0, 100);
    trace_write_free(write, main, trace_write_malloc(write, main, 100));
    trace_write_clock(write, MS(301));
    trace_write_free(write, main, block);
    trace_write_end(write, main, true);
    int fd = compiled_made(write, 1, &facts, &err);
    trace_write_release(write);
    assert_true(fd >= 0);
    return fd;
}

/* Whatever the words say, also where a sum of them is small. */
static void test_a_touch_stays_within_its_block(void **state)
{
    (void)state;
    static const struct {
        struct compiled_touch touch;
        enum lane_stop stop;
    } cases[] = {{{BIG, 0, 0}, LANE_ENDED},
                 {{0, 8, BIG - 8}, LANE_ENDED},
                 {{BIG + 1, 0, 0}, LANE_BROKEN},
                 {{8, BIG - 8, 1}, LANE_BROKEN},
                 {{0, UINT64_MAX - 4095, 8192}, LANE_BROKEN}};
    static const struct {
        enum compiled_op op;
        unsigned at;
    } operations[] = {{COMPILED_LARGE, COMPILED_TOUCH_AT}, {COMPILED_TOUCH, COMPILED_LATER_AT}};
    AUTO_CLOSE int fd = touched_twice();
    for (size_t i = 0; i < ARRAY_LENGTH(cases) * ARRAY_LENGTH(operations); i++) {
        AUTO(compiled_map) struct compiled_map map = {.header = NULL};
        struct compiled_touch before;
        const struct compiled_touch *touch = &cases[i / 2].touch;
        compiled_made_open(fd, &map);
        off_t at = find_operation(&map, operations[i % 2].op) + 8 * (off_t)operations[i % 2].at;
        assert_int_equal(pread(fd, &before, sizeof before, at), sizeof before);
        assert_int_equal(pwrite(fd, touch, sizeof *touch, at), sizeof *touch);
        assert_int_equal(play(&map), cases[i / 2].stop);
        assert_int_equal(pwrite(fd, &before, sizeof before, at), sizeof before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_touch_stays_within_its_block),
    };
    return cmocka_run_group_tests_name("lane", tests, NULL, NULL);
}
