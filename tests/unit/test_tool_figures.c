/* The readers of the allocators' own leak tools, over what these tools print: whole, cut off,
 * empty, and of somebody else. Silence must never read as "no leak". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cleanup.h"
#include "heapcheck.h"
#include "memory_stream.h"
#include "registry.h"

enum { NONE = -1 };

static const struct reading {
    const char *what;
    read_fn *read;
    const char *text;
    int64_t blocks, bytes; /* NONE: refused */
} readings[] = {
    {"mtrace: nothing", read_mtrace, "= Start\n= End\n", 0, 0},
    {"mtrace: one left, one freed", read_mtrace,
     "= Start\n@ ./a b:[0x1264] + 0x10 0x3e8\n@ ./a:[0x1264] + 0x20 0x10\n@ ./a:[0x1] - 0x20\n"
     "= End\n",
     1, 1000},
    {"mtrace: realloc moves", read_mtrace,
     "= Start\n@ a:[0x1] + 0x10 0x8\n@ a:[0x2] < 0x10\n@ a:[0x2] > 0x30 0x40\n= End\n", 1, 64},
    {"mtrace: realloc that failed", read_mtrace,
     "= Start\n@ a:[0x1] + 0x10 0x8\n@ a:[0x2] ! 0x10 0x4000\n= End\n", 1, 8},
    {"mtrace: older than the trace", read_mtrace, "= Start\n@ a:[0x1] - 0x99\n= End\n", 0, 0},
    {"mtrace: an address taken again", read_mtrace,
     "= Start\n@ a:[0x1] + 0x10 0x8\n@ a:[0x1] - 0x10\n@ a:[0x1] + 0x10 0x20\n= End\n", 1, 32},
    {"mtrace: from where is not known", read_mtrace, "= Start\n+ 0x10 0x8\n= End\n", 1, 8},
    {"mtrace: cut off", read_mtrace, "= Start\n@ a:[0x1] + 0x10 0x8\n", NONE, NONE},
    {"mtrace: no size", read_mtrace, "= Start\n@ a:[0x1] + 0x10\n= End\n", NONE, NONE},
    {"mtrace: empty", read_mtrace, "", NONE, NONE},
    {"mtrace: something else", read_mtrace, "hello\n", NONE, NONE},
    {"jemalloc: clean", read_heap_dump, "heap_v2/1\n  t*: 0: 0 [0: 0]\n\nMAPPED_LIBRARIES:\n", 0,
     0},
    {"jemalloc: left", read_heap_dump,
     "heap_v2/1\n  t*: 105: 185856 [0: 0]\n@ 0x1\n  t*: 105: 185856 [0: 0]\n\nMAPPED_LIBRARIES:\n",
     105, 185856},
    {"jemalloc: stacks that leave some out", read_heap_dump,
     "heap_v2/1\n  t*: 3: 96 [0: 0]\n@ 0x1\n  t*: 1: 32 [0: 0]\n\nMAPPED_LIBRARIES:\n", 3, 96},
    {"jemalloc: more in stacks than in all", read_heap_dump,
     "heap_v2/1\n  t*: 1: 32 [0: 0]\n@ 0x1\n  t*: 2: 64 [0: 0]\n\nMAPPED_LIBRARIES:\n", NONE, NONE},
    {"jemalloc: sampled", read_heap_dump,
     "heap_v2/524288\n  t*: 1: 81920 [0: 0]\n\nMAPPED_LIBRARIES:\n", NONE, NONE},
    {"jemalloc: cut off", read_heap_dump, "heap_v2/1\n  t*: 105: 185856 [0: 0]\n@ 0x1", NONE, NONE},
    {"jemalloc: one line", read_heap_dump, "heap_v2/1\n", NONE, NONE},
    {"jemalloc: empty", read_heap_dump, "", NONE, NONE},
    {"heap checker: none", read_heapcheck,
     "WARNING: Perftools heap leak checker is active -- Performance may suffer\n"
     "No leaks found for check \"_main_\" (but no 100% guarantee that there aren't any): found 7 "
     "reachable heap objects of 154 bytes\n",
     0, 0},
    {"heap checker: leaks", read_heapcheck,
     "Leak check _main_ detected leaks of 100000 bytes in 100 objects\n", 100, 100000},
    {"heap checker: turned itself off", read_heapcheck,
     "Someone is ptrace()ing us; will turn itself off\nTurning perftools heap leak checking off\n",
     NONE, NONE},
    {"heap checker: silent, as 2.18 is", read_heapcheck, "", NONE, NONE},
    {"heap profiler: clean", read_heap_dump,
     "heap profile:      0:        0 [     0:        0] @ heapprofile\n\nMAPPED_LIBRARIES:\n", 0,
     0},
    {"heap profiler: left", read_heap_dump,
     "heap profile:    104:   101408 [ 80104: 81252946] @ heapprofile\n\nMAPPED_LIBRARIES:\n", 104,
     101408},
    {"heap profiler: cut off", read_heap_dump,
     "heap profile:    104:   101408 [ 80104: 81252946] @ heapprofile\n  1: 8 [", NONE, NONE},
    {"heap profiler: empty", read_heap_dump, "", NONE, NONE},
};

static void reads_what_is_there_and_refuses_the_rest(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(readings); i++) {
        const struct reading *reading = &readings[i];
        AUTO(stacks) struct stacks stacks = {.count = 0};
        struct err err = ERR_INIT;
        int code = reading->read(reading->text, MOMENT_LOST, &stacks, &err);
        struct amount lost = stacks_sum(&stacks, MOMENT_LOST);
        assert_true((code < 0) == (reading->blocks == NONE));
        assert_true((code < 0) == (err.text[0] != '\0'));
        if (code == 0 && (lost.blocks != reading->blocks || lost.bytes != reading->bytes))
            fail_msg("%s: %lld blocks, %lld bytes", reading->what, (long long)lost.blocks,
                     (long long)lost.bytes);
    }
}

static void a_long_trace_keeps_count(void **state)
{
    (void)state;
    enum { BLOCKS = 20000, LEFT = 37 };
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    (void)fputs("= Start\n", out);
    for (int i = 1; i <= BLOCKS; i++)
        (void)fprintf(out, "@ a:[0x1] + %#x 0x10\n", i * 16);
    for (int i = LEFT + 1; i <= BLOCKS; i++)
        (void)fprintf(out, "@ a:[0x1] - %#x\n", i * 16);
    (void)fputs("= End\n", out);
    AUTO_FREE char *text = memory_stream_close(&memory);
    AUTO(stacks) struct stacks stacks = {.count = 0};
    assert_int_equal(read_mtrace(text, MOMENT_LOST, &stacks, NULL), 0);
    struct amount lost = stacks_sum(&stacks, MOMENT_LOST);
    assert_int_equal(lost.blocks, LEFT);
    assert_int_equal(lost.bytes, LEFT * 16);
}

static void the_heap_checker_ends_with_2_16(void **state)
{
    (void)state;
    assert_null(heapcheck_unavailable("2.10"));
    assert_null(heapcheck_unavailable("2.16"));
    assert_non_null(heapcheck_unavailable("2.17"));
    assert_non_null(heapcheck_unavailable("2.18.1"));
    assert_non_null(heapcheck_unavailable("3.0"));
    assert_non_null(heapcheck_unavailable("what"));
}

/* Every allocator has a tool, or says why it has none; every tool can be read. */
static void each_tool_row_is_whole(void **state)
{
    (void)state;
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++) {
        const struct allocator *allocator = entry->allocator;
        size_t by_default = 0;
        assert_non_null(allocator->release_reach);
        for (const struct tool *tool = tool_next_with_figures(NULL, allocator->name); tool;
             tool = tool_next_with_figures(tool, allocator->name)) {
            const struct tool_source *source = tool->sources;
            while (source->file && source->moment != MOMENT_LOST)
                source++;
            by_default += tool->by_default;
            assert_true((source->file != NULL) == (tool->figures == TOOL_READS_LOST));
            assert_true(!tool->viewer || (allocator->dump_profile && tool->asks_dumps));
            assert_true(!tool->viewer || tool->viewer_package);
            assert_true(!tool->remainder || strcmp(source->file, TOOL_LOG) == 0);
        }
        assert_true((by_default > 0) == (allocator->no_tools == NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_there_and_refuses_the_rest),
        cmocka_unit_test(a_long_trace_keeps_count),
        cmocka_unit_test(the_heap_checker_ends_with_2_16),
        cmocka_unit_test(each_tool_row_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
