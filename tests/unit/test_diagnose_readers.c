/*
 * Readers against recorded outputs of one small program, which loses 50 blocks of 100 bytes in
 * lose() and still holds 15 of 20 blocks of 1000 bytes of keep(): whole, cut off and empty.
 */
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
    {"heaptrack.txt", read_heaptrack, 20000, 65, true, true, 71, NULL},
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

static void test_massif_tree(void **state)
{
    (void)state;
    AUTO(stacks) struct stacks stacks = {.count = 0};
    AUTO_FREE char *text = recorded("massif.out");
    assert_int_equal(read_massif(text, MOMENT_LIVE, &stacks, NULL), 0);
    struct amount all = stacks_sum(&stacks, MOMENT_LIVE);
    assert_int_equal(all.bytes, 25000);
    assert_int_equal(all.blocks, AMOUNT_NA);
    assert_int_equal(through(&stacks, MOMENT_LIVE, "keep").bytes, 20000);
    const struct frame *site = &stacks.frames[stacks.list[0].first];
    assert_string_equal(site->function, "keep");
    assert_string_equal(site->file, "l.c");
    assert_int_equal(site->line, 6);
    struct err err = ERR_INIT;
    for (size_t length = strlen(text); length > 0; length--) {
        AUTO(stacks) struct stacks some = {.count = 0};
        AUTO_FREE char *prefix = strndup(text, length);
        (void)read_massif(prefix, MOMENT_LIVE, &some, NULL);
        assert_true(some.count <= 2);
    }
    /* A child without its parent; a line that ends too early. */
    assert_true(read_massif("snapshot=1\nheap_tree=peak\nn1: 5 x\n  n0: 5 0x1: f (g.c:1)\n",
                            MOMENT_LIVE, &stacks, NULL) < 0);
    assert_true(read_massif("snapshot=1\nheap_tree=peak\nn1: 5 \n n0: 5 \n\n\n    x", MOMENT_LIVE,
                            &stacks, NULL) < 0);
    *strstr(text, " n1: 5000") = '\0';
    assert_true(read_massif(text, MOMENT_LIVE, &stacks, &err) < 0);
    assert_true(read_massif("", MOMENT_LIVE, &stacks, &err) < 0);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded),       cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_every_prefix),   cmocka_unit_test(test_massif_tree),
        cmocka_unit_test(test_clean),          cmocka_unit_test(test_stripped_library),
        cmocka_unit_test(test_indirect_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
