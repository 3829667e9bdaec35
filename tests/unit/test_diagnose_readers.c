/*
 * Readers against recorded outputs of one small program, which loses 50 blocks of 100 bytes in
 * lose() and still holds 15 of 20 blocks of 1000 bytes of keep(): whole, cut off and empty.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "read.h"

static char *recorded(const char *file)
{
    char path[512];
    char *text = NULL;
    size_t size = 0;
    (void)snprintf(path, sizeof path, TEST_DATA_DIR "/tools/%s", file);
    AUTO_FCLOSE FILE *in = fopen(path, "re");
    assert_non_null(in);
    assert_true(getdelim(&text, &size, '\0', in) > 0);
    return text;
}

/* Bytes and blocks of the stacks that go through `function`. */
static struct amount through(const struct stacks *stacks, enum moment moment, const char *function)
{
    struct amount sum = {0};
    for (size_t i = 0; i < stacks->count; i++) {
        const struct stack *stack = &stacks->list[i];
        bool found = false;
        for (size_t j = 0; j < stack->count; j++) {
            const struct frame *frame = &stacks->frames[stack->first + j];
            found = found || (frame->function && strcmp(frame->function, function) == 0);
        }
        if (found && stack->moment == moment) {
            sum.bytes += stack->amount.bytes;
            sum.blocks += stack->amount.blocks;
        }
    }
    return sum;
}

static const struct reading {
    const char *file;
    read_fn *read;
    int64_t bytes, blocks; /* all at the end; the tool's own rounding */
    bool names;            /* it names functions by itself */
    bool reachable;        /* it tells what is still reachable too */
    int64_t total_blocks;
    const char *cut_before; /* the text without this and the rest is cut off */
} readings[] = {
    {"memcheck.txt", read_memcheck, 20000, 65, true, true, 0, "==18562== LEAK SUMMARY"},
    {"massif.kcg", read_xtree, 20000, 65, true, true, 70, "totals:"},
    {"lsan.txt", read_lsan, 5000, 50, true, false, 0, "SUMMARY"},
    {"heapcheck.txt", read_heapcheck, 5000, 50, false, false, 0, "Leak check"},
    {"heapprofile.heap", read_heap_dump, 20000, 65, false, true, 70, "MAPPED_LIBRARIES"},
    {"jemalloc.heap", read_heap_dump, 102880, 66, false, true, 0, "MAPPED_LIBRARIES"},
    {"mtrace.txt", read_mtrace, 20000, 65, false, true, 70, "= End"},
    {"heaptrack.txt", read_heaptrack, 20000, 65, true, true, 71, "c 0\nR 38a"},
};

static void test_recorded(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(readings); i++) {
        const struct reading *reading = &readings[i];
        AUTO(stacks) struct stacks stacks = {.count = 0};
        AUTO_FREE char *text = recorded(reading->file);
        struct err err = ERR_INIT;
        print_message("%s\n", reading->file);
        assert_int_equal(reading->read(text, MOMENT_LOST, &stacks, &err), 0);
        struct amount all = stacks_sum(&stacks, MOMENT_LOST);
        assert_int_equal(all.bytes, reading->bytes);
        assert_int_equal(all.blocks, reading->blocks);
        if (reading->total_blocks)
            assert_int_equal(stacks_sum(&stacks, MOMENT_TOTAL).blocks, reading->total_blocks);
        if (!reading->names)
            continue;
        assert_int_equal(through(&stacks, MOMENT_LOST, "lose").blocks, 50);
        assert_int_equal(through(&stacks, MOMENT_LOST, "keep").blocks, reading->reachable ? 15 : 0);
    }
}

static void test_cut_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(readings); i++) {
        const struct reading *reading = &readings[i];
        AUTO(stacks) struct stacks stacks = {.count = 0};
        AUTO_FREE char *text = recorded(reading->file);
        struct err err = ERR_INIT;
        print_message("%s\n", reading->file);
        if (reading->cut_before) {
            char *cut = strstr(text, reading->cut_before);
            assert_non_null(cut);
            *cut = '\0';
            assert_true(reading->read(text, MOMENT_LOST, &stacks, &err) < 0);
            assert_string_not_equal(err.text, "");
        }
        assert_true(reading->read("", MOMENT_LOST, &stacks, &err) < 0);
        assert_true(reading->read("Segmentation fault\n", MOMENT_LOST, &stacks, &err) < 0);
    }
}

/* Whatever byte it ends at: no crash, and never more than the whole tells. */
static void test_every_prefix(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(readings); i++) {
        AUTO_FREE char *text = recorded(readings[i].file);
        for (size_t length = strlen(text); length > 0; length -= length > 7 ? 7 : length) {
            AUTO(stacks) struct stacks stacks = {.count = 0};
            AUTO_FREE char *prefix = strndup(text, length);
            (void)readings[i].read(prefix, MOMENT_LOST, &stacks, NULL);
            assert_true(stacks.count <= 256);
        }
    }
}

/* A stack through a library without symbols: the xtree counts it, the heap tree knows where. Of the
 * two stacks of 4000 bytes both are found; inlined calls are no calls of their own. */
static const char nameless_xtree[] = "fl=(1) c.S\n"
                                     "fn=(1) start\n"
                                     "7\n"
                                     "cfi=(2) UnknownFile???\n"
                                     "cfn=(2) UnknownFn???\n"
                                     "calls=0 0\n"
                                     "7 4000 4 4000 4 0 0\n"
                                     "fl=(2)\n"
                                     "fn=(2)\n"
                                     "0\n"
                                     "cfi=(2)\n"
                                     "cfn=(3) posix_memalign\n"
                                     "calls=0 0\n"
                                     "0 4000 4 4000 4 0 0\n"
                                     "fl=(2)\n"
                                     "fn=(3)\n"
                                     "0 4000 4 4000 4 0 0\n"
                                     "\n"
                                     "fl=(1)\n"
                                     "fn=(1)\n"
                                     "7\n"
                                     "fl=(2)\n"
                                     "fn=(2)\n"
                                     "0 4000 2 4000 2 0 0\n"
                                     "\n"
                                     "totals: 8000 6 8000 6 0 0\n";
static const char nameless_tree[] =
    "snapshot=0\n"
    "heap_tree=detailed\n"
    "n2: 8000 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n"
    " n1: 4000 0x1012: ??? (in /lib/libzmq.so.5)\n"
    "  n1: 4000 0x2000: inlined (c.S:6)\n"
    "   n0: 4000 0x2000: start (c.S:7)\n"
    " n1: 4000 0x1044: ??? (in /lib/libzmq.so.5)\n"
    "  n0: 4000 0x2000: start (c.S:7)\n";

static void test_massif_places(void **state)
{
    (void)state;
    AUTO(stacks) struct stacks stacks = {.count = 0};
    assert_int_equal(read_xtree(nameless_xtree, MOMENT_LIVE, &stacks, NULL), 0);
    assert_int_equal(stacks.count, 2);
    assert_int_equal(stacks.list[0].count, 3);
    assert_null(stacks.frames[1].function);
    assert_int_equal(read_massif(nameless_tree, MOMENT_LOST, &stacks, NULL), 0);
    assert_null(stacks.frames[1].object);
    assert_int_equal(read_massif(nameless_tree, MOMENT_LIVE, &stacks, NULL), 0);
    assert_string_equal(stacks.frames[0].function, "posix_memalign");
    assert_null(stacks.frames[0].object);
    assert_string_equal(stacks.frames[1].object, "/lib/libzmq.so.5");
    assert_int_equal(stacks.frames[1].address, 0x1012);
    assert_string_equal(stacks.frames[2].function, "start");
    assert_int_equal(stacks.frames[2].line, 7);
    assert_int_equal(stacks.frames[3].address, 0x1044);
    assert_int_equal(stacks_sum(&stacks, MOMENT_LIVE).bytes, 8000);
    assert_int_equal(stacks_sum(&stacks, MOMENT_LIVE).blocks, 6);
}

/* The recorded tree matches the recorded stacks in nothing: other amounts. */
static void test_massif_tree(void **state)
{
    (void)state;
    AUTO(stacks) struct stacks stacks = {.count = 0};
    AUTO_FREE char *text = recorded("massif.out");
    AUTO_FREE char *xtree = recorded("massif.kcg");
    struct err err = ERR_INIT;
    assert_int_equal(read_xtree(xtree, MOMENT_LIVE, &stacks, NULL), 0);
    assert_int_equal(stacks.count, 2);
    assert_int_equal(read_massif(text, MOMENT_LIVE, &stacks, NULL), 0);
    assert_string_equal(stacks.frames[0].function, "lose");
    assert_int_equal(stacks.frames[0].line, 5);
    assert_string_equal(stacks.frames[1].function, "main");
    assert_int_equal(stacks.frames[1].line, 7);
    for (size_t length = strlen(text); length > 0; length--) {
        AUTO_FREE char *prefix = strndup(text, length);
        (void)read_massif(prefix, MOMENT_LIVE, &stacks, NULL);
    }
    assert_int_equal(stacks.count, 2);
    /* A child without its parent; a line that ends too early. */
    assert_true(read_massif("snapshot=1\nheap_tree=peak\nn1: 5 x\n  n0: 5 0x1: f (g.c:1)\n",
                            MOMENT_LIVE, &stacks, NULL) < 0);
    assert_true(read_massif("snapshot=1\nheap_tree=peak\nn1: 5 \n n0: 5 \n\n\n    x", MOMENT_LIVE,
                            &stacks, NULL) < 0);
    *strstr(text, " n1: 5000") = '\0';
    assert_true(read_massif(text, MOMENT_LIVE, &stacks, &err) < 0);
    assert_true(read_massif("", MOMENT_LIVE, &stacks, &err) < 0);
}

/* While the program goes on its trace may end in the middle of a line. */
static void test_mtrace_live(void **state)
{
    (void)state;
    AUTO_FREE char *text = recorded("mtrace.txt");
    char *third = strchr(strchr(strchr(text, '\n') + 1, '\n') + 1, '\n');
    third[-3] = '\0';
    AUTO(stacks) struct stacks stacks = {.count = 0};
    assert_int_equal(read_mtrace(text, MOMENT_LIVE, &stacks, NULL), 0);
    assert_int_equal(stacks_sum(&stacks, MOMENT_LIVE).blocks, 1);
    assert_int_equal(stacks_sum(&stacks, MOMENT_LIVE).bytes, 100);
    assert_true(read_mtrace("", MOMENT_LIVE, &stacks, NULL) < 0);
}

/* Read while it was quiet and at the end, what was allocated in all counts once. */
static void test_mtrace_total(void **state)
{
    (void)state;
    AUTO_FREE char *text = recorded("mtrace.txt");
    AUTO(stacks) struct stacks end = {.count = 0};
    AUTO(stacks) struct stacks both = {.count = 0};
    assert_int_equal(read_mtrace(text, MOMENT_LOST, &end, NULL), 0);
    assert_int_equal(read_mtrace(text, MOMENT_LIVE, &both, NULL), 0);
    assert_int_equal(read_mtrace(text, MOMENT_LOST, &both, NULL), 0);
    assert_true(stacks_sum(&end, MOMENT_TOTAL).blocks > 0);
    assert_int_equal(stacks_sum(&both, MOMENT_TOTAL).blocks, stacks_sum(&end, MOMENT_TOTAL).blocks);
}

/* Before format 3 strings have no length, as bytehound still writes them. */
static void test_heaptrack_format_2(void **state)
{
    (void)state;
    AUTO(stacks) struct stacks stacks = {.count = 0};
    assert_int_equal(read_heaptrack("v 10100 2\nX ./l\ns /src/a b/l\ns lose\ni 1000 1 2\nt 1 0\n"
                                    "a 64 1\n+ 0\n+ 0\n- 0\n",
                                    MOMENT_LOST, &stacks, NULL),
                     0);
    assert_int_equal(stacks_sum(&stacks, MOMENT_LOST).bytes, 0x64);
    assert_int_equal(stacks_sum(&stacks, MOMENT_TOTAL).blocks, 2);
    assert_string_equal(stacks.frames[0].function, "lose");
    assert_string_equal(stacks.frames[0].object, "/src/a b/l");
}

static void test_clean(void **state)
{
    (void)state;
    AUTO(stacks) struct stacks stacks = {.count = 0};
    AUTO_FREE char *lsan = recorded("lsan-clean.txt");
    assert_int_equal(read_lsan(lsan, MOMENT_LOST, &stacks, NULL), 0);
    assert_int_equal(read_memcheck("==1== All heap blocks were freed -- no leaks are possible\n",
                                   MOMENT_LOST, &stacks, NULL),
                     0);
    assert_int_equal(read_heapcheck("No leaks found for check \"_main_\" (but no 100% guarantee\n",
                                    MOMENT_LOST, &stacks, NULL),
                     0);
    assert_int_equal(stacks.count, 0);
}

/* A live leak check of a peer on a libzmq without symbols. */
static void test_stripped_library(void **state)
{
    (void)state;
    AUTO(stacks) struct stacks stacks = {.count = 0};
    AUTO_FREE char *text = recorded("memcheck-live.txt");
    assert_int_equal(read_memcheck(text, MOMENT_LIVE, &stacks, NULL), 0);
    assert_true(stacks.count > 3);
    size_t unnamed = 0;
    for (size_t i = 0; i < stacks.frame_count; i++) {
        const struct frame *frame = &stacks.frames[i];
        if (frame->object && strstr(frame->object, "libzmq.so.5")) {
            assert_null(frame->function);
            assert_true(frame->address != 0);
            unnamed++;
        }
    }
    assert_true(unnamed > 10);
}

/* "80 (16 direct, 64 indirect) bytes": the indirect ones have a record of their own. */
static void test_indirect_bytes(void **state)
{
    (void)state;
    AUTO(stacks) struct stacks stacks = {.count = 0};
    static const char text[] =
        "==1== 80 (16 direct, 64 indirect) bytes in 1 blocks are definitely lost in loss record 2 "
        "of 2\n"
        "==1==    at 0x48: operator new(unsigned long) (in /usr/libexec/vgpreload_memcheck.so)\n"
        "==1==    by 0x10: make(int, char const*) (tree (old).cpp:7)\n"
        "==1== \n"
        "==1== 64 bytes in 2 blocks are indirectly lost in loss record 1 of 2\n"
        "==1== \n"
        "==1== LEAK SUMMARY:\n";
    assert_int_equal(read_memcheck(text, MOMENT_LOST, &stacks, NULL), 0);
    assert_int_equal(stacks_sum(&stacks, MOMENT_LOST).bytes, 80);
    assert_int_equal(stacks_sum(&stacks, MOMENT_LOST).blocks, 3);
    assert_string_equal(stacks.frames[0].function, "operator new(unsigned long)");
    assert_int_equal(stacks.frames[1].line, 7);
}

/* Numbers that are missing, too large, or lead in a circle: each comes to an end and to a figure
 * that the text has, or to none. */
static const struct {
    const char *text;
    read_fn *read;
    int64_t bytes, blocks;
    size_t frames;
} foreign[] = {
    {"v 10400 3\ns a\ni 1 1 \nt 1 0\na 10 1\n+ 0\nR 1\n", read_heaptrack, 16, 1, 1},
    {"v 10400 3\ns 1 a\ni 1 1 1 1 1 \nt 1 1\na 10 1\n+ 0\nR 1\n", read_heaptrack, 16, 1, 1},
    {"v 1 3\ni 1 1 1 1 1 2\ni 2 1\nt 1 0\nt 2 1\na 10 2\n+ 0\nR 1\n", read_heaptrack, 16, 1, 3},
    {"v 1 3\n\na ffffffffffffffff 0\n+ 0\n+ 0\nR 1\n", read_heaptrack, INT64_MAX, 2, 0},
    {"v 1 3\na 10\n 0\n+ 0\na 8 0\n+ 0\nR 1\n", read_heaptrack, 8, 1, 0},
    {"= Start\n@ ./a:[0x1] + 0x1 0x7fffffffffffffff\n@ ./a:[0x1] + 0x2 0x10\n= End\n", read_mtrace,
     INT64_MAX, 2, 1},
    {"==1== 99,999,999,999,999,999,999 bytes in 1 blocks are definitely lost in loss record 1 of "
     "1\n"
     "==1== LEAK SUMMARY:\n",
     read_memcheck, INT64_MAX, 1, 0},
    {"==1== 99999999999999999999 bytes in 1 blocks are definitely lost in loss record 1 of 1\n"
     "==1== LEAK SUMMARY:\n",
     read_memcheck, 0, 0, 0},
    {"heap profile: 1: 4 [1: 4] @ heapprofile\n  1: 5 [\n1: 5] @ 0x1\n 1: 4 [1: 4] @ 0x0 0x 0x9\n"
     "MAPPED_LIBRARIES:\n",
     read_heap_dump, 4, 1, 1},
    {"Processing thread\nDirect leak of 9 byte(s) in\n1 object(s)\ndetected memory leaks\nSUMMARY: "
     "\n",
     read_lsan, 0, 0, 0},
};

static void test_foreign_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(foreign); i++) {
        AUTO(stacks) struct stacks stacks = {.count = 0};
        print_message("%s\n", foreign[i].text);
        assert_int_equal(foreign[i].read(foreign[i].text, MOMENT_LOST, &stacks, NULL), 0);
        struct amount sum = stacks_sum(&stacks, MOMENT_LOST);
        assert_int_equal(sum.bytes, foreign[i].bytes);
        assert_int_equal(sum.blocks, foreign[i].blocks);
        assert_int_equal(stacks.count ? stacks.list[0].count : 0, foreign[i].frames);
    }
}

/* What contradicts itself is no answer. */
static void test_heapcheck_contradiction(void **state)
{
    (void)state;
    AUTO(stacks) struct stacks stacks = {.count = 0};
    struct err err = ERR_INIT;
    static const char text[] = "Leak check _main_ detected leaks of 10 bytes in 1 objects\n"
                               "Leak of 20 bytes in 1 objects allocated from:\n";
    assert_int_equal(read_heapcheck(text, MOMENT_LOST, &stacks, &err), -EPROTO);
    assert_string_equal(err.text,
                        "its stacks hold 20 B in 1 blocks, more than its total, 10 B in 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded),
        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_every_prefix),
        cmocka_unit_test(test_massif_tree),
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_foreign_numbers),
        cmocka_unit_test(test_heapcheck_contradiction),
        cmocka_unit_test(test_stripped_library),
        cmocka_unit_test(test_indirect_bytes),
        cmocka_unit_test(test_massif_places),
        cmocka_unit_test(test_mtrace_live),
        cmocka_unit_test(test_mtrace_total),
        cmocka_unit_test(test_heaptrack_format_2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
