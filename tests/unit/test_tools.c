/* The readers of the allocators' own leak tools, over what these tools print: whole, cut off,
 * empty, and of somebody else. Silence must never read as "no leak". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cleanup.h"
#include "heap_tools.h"
#include "mtrace.h"
#include "prof_dump.h"
#include "registry.h"

enum { NONE = -1 };

static const struct reading {
    const char *what;
    int (*read)(FILE *in, struct allocator_leak *out, struct err *err);
    const char *text;
    int64_t blocks, bytes; /* NONE: refused */
} readings[] = {
    {"mtrace: nothing", mtrace_read, "= Start\n= End\n", 0, 0},
    {"mtrace: one left, one freed", mtrace_read,
     "= Start\n@ ./a b:[0x1264] + 0x10 0x3e8\n@ ./a:[0x1264] + 0x20 0x10\n@ ./a:[0x1] - 0x20\n"
     "= End\n",
     1, 1000},
    {"mtrace: realloc moves", mtrace_read,
     "= Start\n@ a:[0x1] + 0x10 0x8\n@ a:[0x2] < 0x10\n@ a:[0x2] > 0x30 0x40\n= End\n", 1, 64},
    {"mtrace: realloc that failed", mtrace_read,
     "= Start\n@ a:[0x1] + 0x10 0x8\n@ a:[0x2] ! 0x10 0x4000\n= End\n", 1, 8},
    {"mtrace: older than the trace", mtrace_read, "= Start\n@ a:[0x1] - 0x99\n= End\n", 0, 0},
    {"mtrace: an address taken again", mtrace_read,
     "= Start\n@ a:[0x1] + 0x10 0x8\n@ a:[0x1] - 0x10\n@ a:[0x1] + 0x10 0x20\n= End\n", 1, 32},
    {"mtrace: from where is not known", mtrace_read, "= Start\n+ 0x10 0x8\n= End\n", 1, 8},
    {"mtrace: cut off", mtrace_read, "= Start\n@ a:[0x1] + 0x10 0x8\n", NONE, NONE},
    {"mtrace: no size", mtrace_read, "= Start\n@ a:[0x1] + 0x10\n= End\n", NONE, NONE},
    {"mtrace: empty", mtrace_read, "", NONE, NONE},
    {"mtrace: something else", mtrace_read, "hello\n", NONE, NONE},
    {"jemalloc: clean", prof_dump_read, "heap_v2/1\n  t*: 0: 0 [0: 0]\n\nMAPPED_LIBRARIES:\n", 0,
     0},
    {"jemalloc: left", prof_dump_read,
     "heap_v2/1\n  t*: 105: 185856 [0: 0]\n@ 0x1\n  t*: 105: 185856 [0: 0]\n\nMAPPED_LIBRARIES:\n",
     105, 185856},
    {"jemalloc: sampled", prof_dump_read,
     "heap_v2/524288\n  t*: 1: 81920 [0: 0]\n\nMAPPED_LIBRARIES:\n", NONE, NONE},
    {"jemalloc: cut off", prof_dump_read, "heap_v2/1\n  t*: 105: 185856 [0: 0]\n@ 0x1", NONE, NONE},
    {"jemalloc: one line", prof_dump_read, "heap_v2/1\n", NONE, NONE},
    {"jemalloc: empty", prof_dump_read, "", NONE, NONE},
    {"heap checker: none", heapcheck_read,
     "WARNING: Perftools heap leak checker is active -- Performance may suffer\n"
     "No leaks found for check \"_main_\" (but no 100% guarantee that there aren't any): found 7 "
     "reachable heap objects of 154 bytes\n",
     0, 0},
    {"heap checker: leaks", heapcheck_read,
     "Leak check _main_ detected leaks of 100000 bytes in 100 objects\n", 100, 100000},
    {"heap checker: turned itself off", heapcheck_read,
     "Someone is ptrace()ing us; will turn itself off\nTurning perftools heap leak checking off\n",
     NONE, NONE},
    {"heap checker: silent, as 2.18 is", heapcheck_read, "", NONE, NONE},
    {"heap profiler: clean", heapprofile_read,
     "heap profile:      0:        0 [     0:        0] @ heapprofile\n\nMAPPED_LIBRARIES:\n", 0,
     0},
    {"heap profiler: left", heapprofile_read,
     "heap profile:    104:   101408 [ 80104: 81252946] @ heapprofile\n\nMAPPED_LIBRARIES:\n", 104,
     101408},
    {"heap profiler: cut off", heapprofile_read,
     "heap profile:    104:   101408 [ 80104: 81252946] @ heapprofile\n  1: 8 [", NONE, NONE},
    {"heap profiler: empty", heapprofile_read, "", NONE, NONE},
};

static void reads_what_is_there_and_refuses_the_rest(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(readings); i++) {
        const struct reading *reading = &readings[i];
        struct allocator_leak leak = {.blocks = NONE, .bytes = NONE};
        struct err err = ERR_INIT;
        AUTO_FCLOSE FILE *in = tmpfile();
        assert_non_null(in);
        assert_true(fputs(reading->text, in) >= 0);
        rewind(in);
        int code = reading->read(in, &leak, &err);
        if (leak.blocks != reading->blocks || leak.bytes != reading->bytes)
            fail_msg("%s: %lld blocks, %lld bytes", reading->what, (long long)leak.blocks,
                     (long long)leak.bytes);
        assert_true((code < 0) == (reading->blocks == NONE));
        assert_true((code < 0) == (err.text[0] != '\0'));
    }
}

static void a_long_trace_keeps_count(void **state)
{
    (void)state;
    enum { BLOCKS = 20000, LEFT = 37 };
    struct allocator_leak leak;
    AUTO_FCLOSE FILE *in = tmpfile();
    (void)fputs("= Start\n", in);
    for (int i = 1; i <= BLOCKS; i++)
        (void)fprintf(in, "@ a:[0x1] + %#x 0x10\n", i * 16);
    for (int i = LEFT + 1; i <= BLOCKS; i++)
        (void)fprintf(in, "@ a:[0x1] - %#x\n", i * 16);
    (void)fputs("= End\n", in);
    rewind(in);
    assert_int_equal(mtrace_read(in, &leak, NULL), 0);
    assert_int_equal(leak.blocks, LEFT);
    assert_int_equal(leak.bytes, LEFT * 16);
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
        assert_true((allocator->tools != NULL) != (allocator->no_tools != NULL));
        assert_non_null(allocator->release_reach);
        for (const struct allocator_tool *tool = allocator->tools; tool && tool->name; tool++) {
            by_default += tool->by_default;
            assert_non_null(tool->environment);
            assert_true((tool->read != NULL) == (tool->source != TOOL_ASKS_EXIT));
            assert_true((tool->dumps != NULL) == (tool->source == TOOL_READS_DUMP));
            assert_true(!tool->viewer || allocator->dump_profile);
            assert_true(!tool->viewer || tool->viewer_package);
            assert_true(!tool->remainder || tool->source == TOOL_READS_LOG);
        }
        assert_true(!allocator->tools || by_default > 0);
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
