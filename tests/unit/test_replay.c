/* Traces made by hand, compiled and played in this process: order, edges, epochs, slices, touch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "made_up_traces.h"
#include "played_trace.h"

static void played_as_recorded(const struct ensemble_how *how, uint32_t slices)
{
    for (const struct made_up_trace *trace = made_up_traces; trace->name; trace++) {
        struct trace_write *write = made_up_trace(trace->name);
        struct played_trace played;
        played_trace(write, slices, how, &played);
        trace_write_release(write);
        if (played.code < 0)
            fail_msg("%s: %s", trace->name, played.err.text);
        assert_int_equal(played.facts.events, trace->events);
        assert_int_equal(played.facts.end_live_blocks, trace->live_blocks);
        assert_int_equal(played.facts.end_live_bytes, trace->live_bytes);
        assert_int_equal(played.facts.inherited_frees, trace->inherited);
        assert_int_equal(played.end.events, trace->events);
    }
}

static void test_by_threads(void **state)
{
    (void)state;
    played_as_recorded(&(struct ensemble_how){.time = ENSEMBLE_VIRTUAL}, 1);
    played_as_recorded(&(struct ensemble_how){.time = ENSEMBLE_VIRTUAL}, 9);
}

static void test_by_one_thread(void **state)
{
    (void)state;
    played_as_recorded(&(struct ensemble_how){.one_thread = true}, 1);
    played_as_recorded(&(struct ensemble_how){.one_thread = true}, 9);
}

/* Whatever the scheduler does. Short ones: a wait for another thread takes 40 us. */
static void test_a_thousand_times(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int times;
    } often[] = {{"ring", 100}, {"hand-over", 800}, {"reuse", 80}, {"short-threads", 20}};
    for (size_t i = 0; i < ARRAY_LENGTH(often); i++) {
        struct trace_write *write = made_up_trace(often[i].name);
        played_trace_often(write, often[i].times);
        trace_write_release(write);
    }
}

/* 16 MB of words leave nothing behind: the kernel tells the most that was resident of heap and
 * files together alone. */
static void test_words_are_no_memory(void **state)
{
    (void)state;
    struct played_trace played;
    struct trace_write *write = trace_write_new();
    uint32_t stream = trace_write_stream(
        write, &(struct trace_write_stream){.image = 1, .began = TRACE_BEGAN_MAIN});
    for (int i = 0; i < 1000000; i++)
        trace_write_free(write, stream, trace_write_malloc(write, stream, 100));
    trace_write_end(write, stream, true);
    played_trace(write, 1, &(struct ensemble_how){.time = ENSEMBLE_VIRTUAL}, &played);
    trace_write_release(write);
    assert_int_equal(played.facts.events, 2000000);
    assert_true(played.mapped_pages < 128);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_threads),
        cmocka_unit_test(test_by_one_thread),
        cmocka_unit_test(test_a_thousand_times),
        cmocka_unit_test(test_words_are_no_memory),
    };
    return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
