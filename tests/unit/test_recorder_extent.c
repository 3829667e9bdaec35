/* How far a block was written, wherever its memory comes from. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "assert_between.h"
#include "cleanup.h"
#include "forbid_call.h"
#include "recorder_extent.h"

enum { PAGE = 4096, OFFSET = 16, FEW = 8, MANY = RECORDER_MARKED_PAGES + 8 };

/* Blocks begin 16 bytes behind the border of a page, and end in the middle of one. */
enum { FRONT = PAGE - OFFSET, TAIL = PAGE / 2 };

static struct trace_control control;
static _Alignas(4096) uint8_t copy[RECORDER_COPY_BYTES];

static size_t bytes_of(size_t pages)
{
    return FRONT + pages * PAGE + TAIL;
}

struct written {
    const char *what;
    struct {
        size_t from, bytes;
    } run[2];
    int value;
    size_t wanted, hole, behind;
};

static const struct written few_cases[] = {
    {"nothing", {{0, 0}}, 1, 0, 0, 0},
    {"its first byte", {{0, 1}}, 1, 1, 0, 0},
    {"within its first page", {{100, 200}}, 1, 300, 0, 0},
    {"half of it", {{0, FRONT + 3 * PAGE + 100}}, 1, FRONT + 3 * PAGE + 100, 0, 0},
    {"zeros, over whole pages", {{0, FRONT + 2 * PAGE}}, 0, FRONT + 2 * PAGE, 0, 0},
    {"zeros, into a page", {{0, FRONT + 2 * PAGE + 8}}, 0, FRONT + 3 * PAGE, 0, 0},
    {"a word within a page", {{FRONT + 2 * PAGE + 800, 8}}, 1, 0, FRONT + 2 * PAGE + 800, 8},
    {"a page in its middle", {{FRONT + PAGE, PAGE}}, 1, 0, FRONT + PAGE, PAGE},
    {"one of zeros", {{FRONT + PAGE, PAGE}}, 0, 0, FRONT + PAGE, PAGE},
    {"its last whole page", {{FRONT + 7 * PAGE, PAGE}}, 1, 0, FRONT + 7 * PAGE, PAGE},
    {"its tail", {{FRONT + FEW * PAGE + 80, 20}}, 1, 0, FRONT + FEW *PAGE + 80, 20},
    {"a buffer, and a table behind it", {{0, 35}, {8200, 40}}, 1, 35, 8200 - 35, 40},
    {"both in pages side by side", {{0, FRONT + 35}, {FRONT + 6000, 40}}, 1, FRONT + 35, 5965, 40},
    {"with less between them", {{0, FRONT + 2000}, {FRONT + 6000, 40}}, 1, FRONT + 6040, 0, 0},
    {"pages, and a tail",
     {{0, 5000}, {FRONT + FEW * PAGE + 8, 9}},
     1,
     5000,
     FRONT + FEW *PAGE + 8 - 5000,
     9},
    {"from there to its end",
     {{0, 35}, {8200, FRONT + FEW *PAGE + TAIL - 8200}},
     1,
     35,
     8200 - 35,
     FRONT + FEW *PAGE + TAIL - 8200},
    {"two holes", {{FRONT + PAGE, PAGE}, {FRONT + 4 * PAGE, PAGE}}, 1, 0, FRONT + PAGE, 2 * PAGE},
    {"all of it", {{0, FRONT + FEW *PAGE + TAIL}}, 1, FRONT + FEW *PAGE + TAIL, 0, 0},
};

static const struct written many_cases[] = {
    {"nothing", {{0, 0}}, 1, 0, 0, 0},
    {"half of it", {{0, FRONT + 20 * PAGE + 100}}, 1, FRONT + 20 * PAGE + 100, 0, 0},
    {"zeros, over whole pages", {{0, FRONT + 20 * PAGE}}, 0, FRONT + 20 * PAGE, 0, 0},
    {"a buffer, and a table behind it", {{0, 35}, {100000, 40}}, 1, 35, 100000 - 35, 40},
    {"all of it", {{0, FRONT + MANY *PAGE + TAIL}}, 1, FRONT + MANY *PAGE + TAIL, 0, 0},
};

enum { OWNED, LOOKED_AT, LOOKED_AT_AGAIN };
enum memory { FRESH, USED, USED_AND_ZEROED };

static uint8_t *memory_of(size_t pages, enum memory memory)
{
    const size_t bytes = (pages + 2) * PAGE;
    uint8_t *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(at != MAP_FAILED);
    (void)madvise(at, bytes, MADV_NOHUGEPAGE);
    if (memory != FRESH)
        (void)memset(at, 0xa5, bytes);
    if (memory == USED_AND_ZEROED)
        (void)memset(at + OFFSET, 0, bytes_of(pages));
    return at;
}

static void check(const struct written *written, size_t pages, enum memory memory)
{
    uint8_t *at = memory_of(pages, memory);
    uint8_t *block = at + OFFSET;
    assert_true(recorder_extent_begin(block, bytes_of(pages), memory == USED_AND_ZEROED));
    for (size_t i = 0; i < ARRAY_LENGTH(written->run); i++)
        (void)memset(block + written->run[i].from, written->value, written->run[i].bytes);
    for (int how = OWNED; how <= LOOKED_AT_AGAIN; how++) {
        const size_t known = written->behind ? 0 : (written->wanted + PAGE - 1) / PAGE;
        struct recorder_extent extent =
            how == OWNED ? recorder_extent_measure(block, bytes_of(pages))
                         : recorder_extent_look(block, bytes_of(pages),
                                                how == LOOKED_AT_AGAIN ? known : 0, copy);
        const bool no_more = how == LOOKED_AT_AGAIN && known > 0 && written->wanted <= FRONT;
        const size_t wanted = no_more ? 1 : written->wanted;
        assert_int_equal(extent.flags, 0);
        if (extent.written != wanted || extent.hole != written->hole ||
            extent.behind != written->behind)
            fail_msg("%s, of %zu pages, memory %d: %zu bytes (%zu), a hole of %zu (%zu), %zu (%zu)",
                     written->what, pages, memory, extent.written, wanted, extent.hole,
                     written->hole, extent.behind, written->behind);
    }
    if (memory != FRESH)
        assert_int_equal(at[OFFSET - 1], 0xa5); /* what is not the block's stays */
    (void)munmap(at, (pages + 2) * PAGE);
}

static void test_what_was_written_is_seen(void **state)
{
    (void)state;
    for (int memory = FRESH; memory <= USED_AND_ZEROED; memory++) {
        for (size_t i = 0; i < ARRAY_LENGTH(few_cases); i++)
            check(&few_cases[i], FEW, (enum memory)memory);
        for (size_t i = 0; i < ARRAY_LENGTH(many_cases); i++)
            check(&many_cases[i], MANY, (enum memory)memory);
    }
}

/* A page that nobody wrote, copied by the program: where it comes to it was written. */
static void test_a_copy_is_written(void **state)
{
    (void)state;
    uint8_t *at = memory_of(FEW, USED);
    assert_true(recorder_extent_begin(at + OFFSET, bytes_of(FEW), false));
    (void)memcpy(at + PAGE, at + (size_t)3 * PAGE, PAGE);
    struct recorder_extent extent = recorder_extent_measure(at + OFFSET, bytes_of(FEW));
    assert_between(extent.written, FRONT + 1, FRONT + PAGE);
    (void)munmap(at, (FEW + 2) * PAGE);
}

/* Memory that the program had before stays where it is: the recorder takes nothing of its RSS, and
 * adds nothing. */
static void test_what_is_resident_stays(void **state)
{
    (void)state;
    static const struct {
        enum memory memory;
        size_t resident;
    } cases[] = {{FRESH, 1}, {USED, FEW + 2}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        unsigned char told[FEW + 2];
        size_t resident = 0;
        uint8_t *at = memory_of(FEW, cases[i].memory);
        assert_true(recorder_extent_begin(at + OFFSET, bytes_of(FEW), false));
        assert_int_equal(mincore(at, sizeof told * PAGE, told), 0);
        for (size_t page = 0; page < sizeof told; page++)
            resident += told[page] & 1;
        assert_int_equal(resident, cases[i].resident);
        (void)munmap(at, (FEW + 2) * PAGE);
    }
}

static void test_of_locked_memory_nothing_is_told(void **state)
{
    (void)state;
    static const size_t sizes[] = {FEW, MANY};
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
        uint8_t *at = memory_of(sizes[i], USED);
        /* The sanitizer's mlock(3) does nothing. */
        if (syscall(SYS_mlock, at, (sizes[i] + 2) * PAGE) < 0)
            skip();
        assert_false(recorder_extent_begin(at + OFFSET, bytes_of(sizes[i]), false));
        (void)munmap(at, (sizes[i] + 2) * PAGE);
    }
}

/* Where the kernel lets nobody read what may be gone, that is unknown, and not nothing. */
static void test_a_filter_is_told(void **state)
{
    (void)state;
    enum { FINE, MAY_NOT, WRONG };
    int wait_status = 0;
    uint8_t *at = memory_of(FEW, USED);
    assert_true(recorder_extent_begin(at + OFFSET, bytes_of(FEW), false));
    pid_t child = fork();
    if (child == 0) {
        if (forbid_call(SYS_process_vm_readv) < 0)
            _exit(MAY_NOT);
        struct recorder_extent extent = recorder_extent_look(at + OFFSET, bytes_of(FEW), 0, copy);
        bool owned = recorder_extent_measure(at + OFFSET, bytes_of(FEW)).flags == 0;
        _exit(extent.flags == TRACE_EXTENT_UNKNOWN && owned &&
                      recorder_shared(recorder_control)->refused == EPERM
                  ? FINE
                  : WRONG);
    }
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    (void)munmap(at, (FEW + 2) * PAGE);
    if (WEXITSTATUS(wait_status) == MAY_NOT)
        skip();
    assert_int_equal(wait_status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_written_is_seen),
        cmocka_unit_test(test_a_copy_is_written),
        cmocka_unit_test(test_what_is_resident_stays),
        cmocka_unit_test(test_of_locked_memory_nothing_is_told),
        cmocka_unit_test(test_a_filter_is_told),
    };
    recorder_control = &control;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
