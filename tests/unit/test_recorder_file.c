/* Slots of the file: new ones, those that were passed on, and none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "cleanup.h"
#include "recorder_file.h"

enum { SLOTS = 8 };

static int map_file(void **state)
{
    (void)state;
    AUTO_CLOSE int fd = memfd_create("trace", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, SLOTS * TRACE_SLOT_BYTES) < 0 ||
        recorder_file_map(fd, SLOTS * TRACE_SLOT_BYTES) != 0)
        return -1;
    recorder_shared(recorder_control)->slots = SLOTS;
    recorder_shared(recorder_control)->next_slot = 1;
    return 0;
}

static int unmap_file(void **state)
{
    (void)state;
    return munmap(recorder_control, SLOTS * TRACE_SLOT_BYTES);
}

static void test_a_part_filled_slot_is_passed_on(void **state)
{
    (void)state;
    struct recorder_slot first, second;
    assert_true(recorder_slot_take(4096, &first));
    assert_int_equal(first.offset, 0);
    assert_true(recorder_slot_populate(&first, 0, 16384));
    (void)memset(first.bytes, 1, 100);
    first.offset = 128;
    recorder_slot_give(&first);
    assert_true(recorder_slot_take(4096, &second));
    assert_int_equal(second.number, first.number);
    assert_int_equal(second.offset, 128);
    assert_int_equal(second.bytes[99], 1);
    assert_int_equal(second.bytes[128], 0);
}

static void test_a_full_one_is_not(void **state)
{
    (void)state;
    struct recorder_slot full, next;
    assert_true(recorder_slot_take(4096, &full));
    full.offset = TRACE_SLOT_BYTES - 64;
    recorder_slot_give(&full);
    assert_true(recorder_slot_take(4096, &next));
    assert_int_not_equal(next.number, full.number);
    next.offset = TRACE_SLOT_BYTES - 8192; /* with room, but for more than that */
    recorder_slot_give(&next);
    assert_true(recorder_slot_take(16384, &full));
    assert_int_not_equal(next.number, full.number);
}

static void test_none_is_left(void **state)
{
    (void)state;
    struct recorder_slot slot;
    unsigned taken = 0;
    while (recorder_slot_take(4096, &slot))
        assert_true(++taken < SLOTS);
    assert_int_equal(recorder_shared(recorder_control)->full, EFBIG);
    assert_false(recorder_slot_take(4096, &slot));
}

/* What is read ahead in large folios costs a fault in each of its pages as much as all of it. */
static void test_nothing_is_read_ahead(void **state)
{
    (void)state;
    char line[256];
    bool found = false, random = false;
    AUTO_FCLOSE FILE *maps = fopen("/proc/self/smaps", "re");
    assert_non_null(maps);
    while (!random && fgets(line, sizeof line, maps)) {
        found |= strstr(line, "/memfd:trace") != NULL;
        random = found && strncmp(line, "VmFlags:", strlen("VmFlags:")) == 0 && strstr(line, " rr");
    }
    assert_true(random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_part_filled_slot_is_passed_on, map_file, unmap_file),
        cmocka_unit_test_setup_teardown(test_a_full_one_is_not, map_file, unmap_file),
        cmocka_unit_test_setup_teardown(test_none_is_left, map_file, unmap_file),
        cmocka_unit_test_setup_teardown(test_nothing_is_read_ahead, map_file, unmap_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
