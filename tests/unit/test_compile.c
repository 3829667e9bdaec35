/* What a trace becomes: when its blocks are touched and how far, where it ends, what its clock
 * tells.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "assert_between.h"
#include "cleanup.h"
#include "compiled_made.h"

#define MS(ms) ((uint64_t)(ms) << TRACE_CLOCK_BITS)

enum { BIG = 16384, OPS_MAX = 16 };

struct made {
    struct trace_write *write;
    uint32_t main;
};

/* What is known of a trace when it is compiled. */
struct outcome {
    struct compiled_facts facts;
    int64_t duration_ns;
    struct compiled_touch first_touch, last_touch; /* of a block, and of its own */
    uint64_t touched[OPS_MAX]; /* of each block of BIG bytes when it was allocated, in order */
    size_t blocks;
    uint64_t later[OPS_MAX]; /* of each touch of its own */
    size_t laters;
    int64_t times_ns[OPS_MAX]; /* that the main lane is told, one after the other */
    size_t times;
    uint64_t epochs; /* that are played */
    uint64_t left;   /* lanes that end behind the last slice */
    uint64_t file_bytes;
};

static struct made begin(void)
{
    struct made made = {.write = trace_write_new()};
    trace_write_control(made.write)->touch_least_bytes = 8192;
    made.main = trace_write_stream(
        made.write, &(struct trace_write_stream){.image = 1, .began = TRACE_BEGAN_MAIN});
    trace_write_clock(made.write, MS(1));
    return made;
}

/* A pair of calls of no interest. */
static void pass(const struct made *made)
{
    trace_write_free(made->write, made->main, trace_write_malloc(made->write, made->main, 100));
}

static void tell_time(struct outcome *out, int64_t time_ns)
{
    if (out->times == 0 || out->times_ns[out->times - 1] != time_ns)
        out->times_ns[out->times++] = time_ns;
    assert_true(out->times < OPS_MAX);
}

static void read_lane(const struct compiled_map *map, uint32_t lane, struct outcome *out)
{
    const uint64_t *at =
        map->segments + (uint64_t)map->lanes[lane].first_segment * COMPILED_UNIT_WORDS;
    while (compiled_op_of(*at) != COMPILED_END) {
        if (lane == 0 && compiled_op_of(*at) == COMPILED_EPOCH)
            tell_time(out, map->epochs[at[1]].time_ns);
        if (lane == 0 && compiled_op_of(*at) == COMPILED_TIME)
            tell_time(out, (int64_t)at[1]);
        if (compiled_op_of(*at) == COMPILED_LARGE && at[1] == BIG) {
            (void)memcpy(&out->first_touch, at + COMPILED_TOUCH_AT, sizeof out->first_touch);
            out->touched[out->blocks++] = out->first_touch.front;
        }
        if (compiled_op_of(*at) == COMPILED_TOUCH) {
            (void)memcpy(&out->last_touch, at + COMPILED_LATER_AT, sizeof out->last_touch);
            out->later[out->laters++] = out->last_touch.front;
        }
        if (compiled_op_of(*at) == COMPILED_NEXT)
            at = map->segments + (uint64_t)compiled_slot_of(*at) * COMPILED_UNIT_WORDS;
        else
            at += compiled_words_of(compiled_op_of(*at));
    }
}

static struct outcome end(struct made *made)
{
    struct err err = ERR_INIT;
    struct outcome outcome = {.duration_ns = 0};
    AUTO(compiled_map) struct compiled_map map = {.header = NULL};
    trace_write_end(made->write, made->main, true);
    AUTO_CLOSE int fd = compiled_made(made->write, 1, &outcome.facts, &err);
    trace_write_release(made->write);
    assert_true(fd >= 0);
    compiled_made_open(fd, &map);
    outcome.duration_ns = map.header->duration_ns;
    outcome.file_bytes = map.header->file_bytes;
    for (uint32_t lane = 0; lane < map.header->lane_count; lane++)
        read_lane(&map, lane, &outcome);
    uint64_t epochs = map.header->epoch_count;
    outcome.epochs = epochs - 1;
    assert_int_equal(map.slices[0].end_epoch, epochs - 1);
    outcome.left = map.epochs[epochs].first_participant - map.epochs[epochs - 1].first_participant;
    return outcome;
}

/* At once, as far as it was written by the time somebody looked; what a look had not seen, later.
 */
static void test_touches(void **state)
{
    (void)state;
    struct made made = begin();
    struct trace_name block = trace_write_malloc(made.write, made.main, BIG);
    trace_write_clock(made.write, MS(100));
    trace_write_extent(made.write, made.main, block, 64, 0, 0);
    pass(&made);
    trace_write_clock(made.write, MS(300));
    trace_write_extent(made.write, made.main, block, 9000, 0, 100);
    pass(&made);
    trace_write_clock(made.write, MS(301));
    trace_write_free(made.write, made.main, block);
    struct outcome outcome = end(&made);
    assert_int_equal(outcome.blocks, 1);
    assert_int_equal(outcome.touched[0], 64);
    assert_int_equal(outcome.laters, 1);
    assert_int_equal(outcome.later[0], 9000);
    assert_int_equal(outcome.facts.unknown_touch_bytes, 0);
}

/* What is behind a hole is touched where it is, at once and later. */
static void test_holes(void **state)
{
    (void)state;
    const struct trace_runs first = {35, 8165, 40}, then = {5000, 4000, 1000};
    struct made made = begin();
    struct trace_name block = trace_write_malloc(made.write, made.main, BIG);
    trace_write_clock(made.write, MS(100));
    trace_write_holed(made.write, made.main, block, &first, 0);
    pass(&made);
    trace_write_clock(made.write, MS(300));
    trace_write_holed(made.write, made.main, block, &then, 100);
    trace_write_free(made.write, made.main, block);
    struct outcome outcome = end(&made);
    assert_int_equal(outcome.blocks, 1);
    assert_memory_equal(&outcome.first_touch, &first, sizeof first);
    assert_int_equal(outcome.laters, 1);
    assert_memory_equal(&outcome.last_touch, &then, sizeof then);
}

/* Under one word of the clock a stream may come first whose block another one has yet to allocate:
 * how far it was written is not lost. One that comes under a later word is not waited for. */
static void test_extents_of_others(void **state)
{
    (void)state;
    struct made made = begin();
    uint32_t other = trace_write_stream(
        made.write, &(struct trace_write_stream){.image = 1, .began = TRACE_BEGAN_THREAD});
    const struct trace_name first = {other, 1}, second = {other, 2};
    trace_write_extent(made.write, made.main, first, 64, 0, 0);
    trace_write_free(made.write, made.main, first);
    trace_write_extent(made.write, made.main, second, 64, 0, 0);
    (void)trace_write_malloc(made.write, other, BIG);
    trace_write_clock(made.write, MS(5));
    (void)trace_write_malloc(made.write, other, BIG);
    struct outcome outcome = end(&made);
    assert_int_equal(outcome.blocks, 2);
    assert_int_equal(outcome.touched[0], 64);
    assert_int_equal(outcome.touched[1], BIG);
    assert_int_equal(outcome.facts.unknown_touch_bytes, BIG);
}

/* A small block is written whole, whatever its alignment; a large one without an EXTENT is unknown,
 * and so are all where touches were not recorded. */
static void test_unknown(void **state)
{
    static const struct {
        uint64_t least, expected;
    } cases[] = {{8192, BIG}, {0, 2 * BIG}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct made made = begin();
        trace_write_control(made.write)->touch_least_bytes = cases[i].least;
        trace_write_free(made.write, made.main,
                         trace_write_aligned(made.write, made.main, 12, 4000));
        (void)trace_write_aligned(made.write, made.main, 6, 512);
        struct trace_name known = trace_write_malloc(made.write, made.main, BIG);
        if (cases[i].least)
            trace_write_extent(made.write, made.main, known, BIG, 0, 0);
        trace_write_free(made.write, made.main, known);
        trace_write_free(made.write, made.main, trace_write_malloc(made.write, made.main, BIG));
        assert_int_equal(end(&made).facts.unknown_touch_bytes, cases[i].expected);
    }
}

/* What is behind the end is not played, but tells what was written before it. */
static void test_end(void **state)
{
    (void)state;
    struct made made = begin();
    trace_write_control(made.write)->end_clock = MS(500);
    struct trace_name early = trace_write_malloc(made.write, made.main, BIG);
    struct trace_name late = trace_write_malloc(made.write, made.main, BIG);
    trace_write_clock(made.write, MS(499));
    pass(&made);
    trace_write_clock(made.write, MS(500));
    struct trace_name behind = trace_write_malloc(made.write, made.main, BIG);
    trace_write_extent(made.write, made.main, early, 5000, 0, 0);
    trace_write_extent(made.write, made.main, late, 5000, 0, 300);
    trace_write_free(made.write, made.main, early);
    trace_write_free(made.write, made.main, late);
    trace_write_free(made.write, made.main, behind);
    struct outcome outcome = end(&made);
    assert_int_equal(outcome.facts.events, 4);
    assert_int_equal(outcome.facts.events_behind_end, 4);
    assert_int_equal(outcome.facts.end_live_bytes, 2 * BIG);
    assert_int_equal(outcome.duration_ns, 498 * INT64_C(1000000));
    assert_int_equal(outcome.blocks, 2);
    assert_int_equal(outcome.touched[0], 5000);
    assert_int_equal(outcome.touched[1], 0);
    assert_int_equal(outcome.laters, 0);
    assert_int_equal(outcome.facts.unknown_touch_bytes, 0);
}

/* Who did not say that it ends before the end lives on, and so does what its allocator keeps for
 * it; a handler says nothing. The main one always does. */
static void test_threads_live_on(void **state)
{
    (void)state;
    static const struct {
        enum trace_began began;
        bool ends, behind;
        uint64_t left;
    } cases[] = {{TRACE_BEGAN_THREAD, true, false, 1},
                 {TRACE_BEGAN_THREAD, true, true, 2},
                 {TRACE_BEGAN_THREAD, false, false, 2},
                 {TRACE_BEGAN_HANDLER, false, false, 1}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct made made = begin();
        pass(&made);
        uint32_t other = trace_write_stream(
            made.write, &(struct trace_write_stream){.image = 1, .began = cases[i].began});
        (void)trace_write_malloc(made.write, other, 100);
        trace_write_clock(made.write, MS(5));
        if (cases[i].behind)
            trace_write_control(made.write)->end_clock = MS(5);
        if (cases[i].ends)
            trace_write_end(made.write, other, false);
        assert_int_equal(end(&made).left, cases[i].left);
    }
}

/* A thread takes 512 B of the file, and not the 64 KiB of a long one. */
static void test_short_threads(void **state)
{
    (void)state;
    enum { THREADS = 1000 };
    struct made made = begin();
    for (int i = 0; i < THREADS; i++) {
        uint32_t thread = trace_write_stream(
            made.write, &(struct trace_write_stream){.image = 1, .began = TRACE_BEGAN_THREAD});
        trace_write_free(made.write, thread, trace_write_malloc(made.write, thread, 100));
        trace_write_end(made.write, thread, false);
    }
    for (int i = 0; i < 10 * THREADS; i++)
        pass(&made);
    assert_between(end(&made).file_bytes, THREADS * 512, THREADS * 1024);
}

/* Two threads that take a block now and then; main frees its own. */
struct steps {
    const char *what;
    uint64_t ms;          /* from one to the next */
    uint64_t other_bytes; /* of a block that lives on; 0: it does nothing any more */
    uint64_t main_bytes;
    bool other_ends; /* after four of them */
    uint64_t epochs;
};

static struct outcome steps(const struct steps *of)
{
    enum { STEPS = 8 };
    struct made made = begin();
    trace_write_control(made.write)->touch_least_bytes = UINT64_C(1) << 40;
    uint32_t other = trace_write_stream(
        made.write, &(struct trace_write_stream){.image = 1, .began = TRACE_BEGAN_THREAD});
    for (uint64_t i = 0; i < STEPS; i++) {
        trace_write_clock(made.write, MS(1 + i * of->ms));
        trace_write_free(made.write, made.main,
                         trace_write_malloc(made.write, made.main, of->main_bytes));
        if (of->other_bytes > 0 && !(of->other_ends && i > 3))
            (void)trace_write_malloc(made.write, other, of->other_bytes);
        if (of->other_ends && i == 3)
            trace_write_end(made.write, other, false);
    }
    return end(&made);
}

/* The recorder's epochs are played as one as long as threads that are ahead make no difference. */
static void test_epochs(void **state)
{
    static const struct steps cases[] = {
        {"little", 1, 100, 100, false, 1},
        {"all at once would be much", 1, 20000, 100, false, 3},
        {"so would the main thread's", 1, 100, 70000, false, 8},
        {"much, but by one alone", 1, 0, 70000, false, 1},
        {"long", 6, 100, 100, false, 4},
        {"a thread ends", 1, 100, 100, true, 2},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct outcome outcome = steps(&cases[i]);
        if (outcome.epochs != cases[i].epochs)
            fail_msg("%s: %llu epochs", cases[i].what, (unsigned long long)outcome.epochs);
        assert_int_equal(outcome.times, 8); /* whatever epochs are, it is told what time it is */
        for (size_t k = 0; k < outcome.times; k++)
            assert_int_equal(outcome.times_ns[k], (int64_t)(k * cases[i].ms) * 1000000);
    }
}

/* Nobody waits for a touch that a look saw: it is done by a lane that is there. */
static void test_touch_of_others(void **state)
{
    (void)state;
    struct made made = begin();
    uint32_t other = trace_write_stream(
        made.write, &(struct trace_write_stream){.image = 1, .began = TRACE_BEGAN_THREAD});
    struct trace_name block = trace_write_malloc(made.write, made.main, BIG);
    trace_write_clock(made.write, MS(100));
    trace_write_extent(made.write, made.main, block, 64, 0, 0);
    pass(&made);
    trace_write_clock(made.write, MS(300));
    trace_write_extent(made.write, made.main, block, 9000, 0, 100);
    (void)trace_write_malloc(made.write, other, 100);
    trace_write_clock(made.write, MS(400));
    trace_write_free(made.write, made.main, block);
    struct outcome outcome = end(&made);
    assert_int_equal(outcome.laters, 1);
    assert_int_equal(outcome.epochs, 4);
}

/* The recorder's cost is no time of the program. */
static void test_time(void **state)
{
    (void)state;
    struct made made = begin();
    trace_write_control(made.write)->original_ns_per_ms = 400000;
    pass(&made);
    trace_write_clock(made.write, MS(101));
    pass(&made);
    assert_int_equal(end(&made).duration_ns, 40 * INT64_C(1000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_touches),
        cmocka_unit_test(test_holes),
        cmocka_unit_test(test_extents_of_others),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_end),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_epochs),
        cmocka_unit_test(test_touch_of_others),
        cmocka_unit_test(test_threads_live_on),
        cmocka_unit_test(test_short_threads),
    };
    return cmocka_run_group_tests_name("compile", tests, NULL, NULL);
}
