/* What is told of traces made by hand, and of parts cut out of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "compile.h"
#include "temporary.h"
#include "trace_edit.h"
#include "trace_summary.h"
#include "trace_write.h"

#define MS(n) ((uint64_t)(n) << TRACE_CLOCK_BITS)

static char path[64], part_path[64];

static uint32_t add_stream(struct trace_write *write, enum trace_began began)
{
    return trace_write_stream(write, &(struct trace_write_stream){.image = 1, .began = began});
}

static void pack(struct trace_write *write)
{
    struct err err = ERR_INIT;
    assert_int_equal(trace_write_pack(write, path, "{}", &err), 0);
    trace_write_release(write);
}

static struct trace_summary summary_of(const char *of)
{
    AUTO(trace_file) struct trace_file file = {.fd = -1};
    struct trace_summary summary;
    struct err err = ERR_INIT;
    assert_int_equal(trace_file_open(of, &file, &err), 0);
    assert_int_equal(trace_summary(&file, trace_file_main_image(&file), &summary, &err), 0);
    return summary;
}

static struct compiled_facts compiled_facts_of(const char *of)
{
    AUTO(trace_file) struct trace_file file = {.fd = -1};
    struct compiled_facts facts;
    struct err err = ERR_INIT;
    assert_int_equal(trace_file_open(of, &file, &err), 0);
    AUTO_CLOSE int fd = temporary_file(&err);
    assert_int_equal(compile_trace(&file, trace_file_main_image(&file), 1, fd, &facts, &err), 0);
    return facts;
}

static void cut(uint64_t from_ms, uint64_t to_ms)
{
    AUTO(trace_file) struct trace_file file = {.fd = -1};
    struct err err = ERR_INIT;
    assert_int_equal(trace_file_open(path, &file, &err), 0);
    int code =
        trace_edit_cut(&file, trace_file_main_image(&file), from_ms, to_ms, "{}", part_path, &err);
    if (code < 0)
        fail_msg("%s", err.text);
}

static void test_written_of_large_blocks(void **state)
{
    (void)state;
    const uint64_t bytes = UINT64_C(10) << 30;
    struct trace_write *write = trace_write_new();
    uint32_t main = add_stream(write, TRACE_BEGAN_MAIN);
    struct trace_name block = trace_write_malloc(write, main, bytes);
    trace_write_extent(write, main, block, bytes, 0, 0);
    trace_write_free(write, main, block);
    pack(write);
    const struct trace_summary summary = summary_of(path);
    assert_int_equal(summary.large_bytes, bytes);
    assert_int_equal(summary.written_bytes, bytes);
}

/* Large blocks that go when the part is over, by another thread, or live on as a longer one; what
 * is allocated behind it is not of it. */
static void test_what_is_told_behind_a_part(void **state)
{
    (void)state;
    enum { BYTES = 1 << 20, WRITTEN = 100 };
    struct trace_write *write = trace_write_new();
    uint32_t main = add_stream(write, TRACE_BEGAN_MAIN), thread = 0;
    struct trace_name before = trace_write_malloc(write, main, BYTES);
    trace_write_clock(write, MS(10));
    struct trace_name within = trace_write_malloc(write, main, BYTES);
    struct trace_name small = trace_write_malloc(write, main, 100);
    trace_write_clock(write, MS(20));
    struct trace_name behind = trace_write_malloc(write, main, BYTES);
    trace_write_clock(write, MS(30));
    thread = add_stream(write, TRACE_BEGAN_THREAD);
    trace_write_extent(write, thread, before, WRITTEN, 0, 0);
    trace_write_free(write, thread, before);
    trace_write_extent(write, main, behind, BYTES, 0, 0);
    trace_write_free(write, main, behind);
    trace_write_clock(write, MS(40));
    trace_write_extent(write, main, within, WRITTEN, 0, 0);
    trace_write_free(write, main, trace_write_realloc(write, main, within, 2 * BYTES));
    trace_write_free(write, main, small);
    trace_write_end(write, main, true);
    pack(write);
    cut(5, 15);
    const struct compiled_facts facts = compiled_facts_of(part_path);
    assert_int_equal(facts.events, 3);
    assert_int_equal(facts.events_behind_end, 0);
    assert_int_equal(facts.streams, 1);
    assert_int_equal(facts.end_live_bytes, 2 * BYTES + 100);
    assert_int_equal(facts.unknown_touch_bytes, 0);
    const struct trace_summary summary = summary_of(part_path);
    assert_int_equal(summary.duration_ms, 10);
    assert_int_equal(summary.threads_max, 1);
}

/* Nothing large lives: nothing stands behind it. */
static void test_a_part_of_small_blocks(void **state)
{
    (void)state;
    struct trace_write *write = trace_write_new();
    uint32_t main = add_stream(write, TRACE_BEGAN_MAIN);
    for (uint64_t ms = 0; ms < 100; ms++) {
        trace_write_clock(write, MS(ms));
        trace_write_free(write, main, trace_write_malloc(write, main, 100));
    }
    trace_write_end(write, main, true);
    pack(write);
    cut(10, 20);
    const struct trace_summary summary = summary_of(part_path);
    assert_int_equal(summary.allocations, 10);
    assert_int_equal(summary.frees, 10);
    assert_int_equal(summary.duration_ms, 9);
}

int main(void)
{
    (void)snprintf(path, sizeof path, "/tmp/test-trace-edit-%d.trace", (int)getpid());
    (void)snprintf(part_path, sizeof part_path, "/tmp/test-trace-edit-%d.part", (int)getpid());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_of_large_blocks),
        cmocka_unit_test(test_what_is_told_behind_a_part),
        cmocka_unit_test(test_a_part_of_small_blocks),
    };
    int failed = cmocka_run_group_tests_name("trace_edit", tests, NULL, NULL);
    (void)unlink(path);
    (void)unlink(part_path);
    return failed;
}
