/* Each block has an entry of its own, wherever it lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assert_between.h"
#include "cleanup.h"
#include "recorder_names.h"

static void *at(uint64_t address)
{
    return (void *)(uintptr_t)address;
}

#define LEAF (UINT64_C(1) << RECORDER_LEAF_BITS)
#define ROOT (UINT64_C(1) << RECORDER_ROOT_BITS)

/* Beginnings of blocks: neighbours, ends of leaves, leaves that want the same place in the root. */
static const uint64_t addresses[] = {
    0x555555555010,
    0x555555555030,
    16 * LEAF - 16,
    16 * LEAF + 16,
    0x7f0000000010,
    0x7f0000000010 + LEAF,
    0x7f0000000010 + ROOT *LEAF,
    0x7f0000000010 + 2 * ROOT *LEAF,
    0x7fffffffffe0,
};

static void test_entries_are_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(addresses); i++) {
        assert_true(!recorder_entry(at(addresses[i]), false) ||
                    *recorder_entry(at(addresses[i]), false) == 0);
        uint64_t *entry = recorder_entry(at(addresses[i]), true);
        assert_non_null(entry);
        assert_int_equal(*entry, 0);
        *entry = i + 1;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(addresses); i++)
        assert_int_equal(*recorder_entry(at(addresses[i]), false), i + 1);
    assert_null(recorder_entry(at(0x1234567890), false));
}

static size_t mappings_of_ours(void)
{
    char line[512];
    size_t count = 0;
    AUTO_FCLOSE FILE *maps = fopen("/proc/self/maps", "re");
    while (maps && fgets(line, sizeof line, maps))
        count += strstr(line, "/dev/zero") != NULL;
    return count;
}

/* A process may have 65 530 mappings, and a large heap many leaves. */
static void test_leaves_share_mappings(void **state)
{
    (void)state;
    enum { LEAVES = 1600 };
    const size_t before = mappings_of_ours();
    for (uint64_t i = 0; i < LEAVES; i++) {
        uint64_t *entry = recorder_entry(at(0x600000000000 + i * LEAF), true);
        assert_non_null(entry);
        assert_int_equal(*entry, 0);
        *entry = i + 1;
    }
    for (uint64_t i = 0; i < LEAVES; i++)
        assert_int_equal(*recorder_entry(at(0x600000000000 + i * LEAF), false), i + 1);
    assert_between(mappings_of_ours() - before, 1, LEAVES / 10);
}

/* Leaves that all want the same place in the root. */
static void test_places_that_are_taken(void **state)
{
    (void)state;
    enum { LEAVES = 60 };
    uint64_t keys[LEAVES];
    for (uint64_t i = 0; i < LEAVES; i++) {
        keys[i] = (i + 1) * ROOT + ((256 - (i + 1) * 0x9e37) & (ROOT - 1));
        assert_int_equal(recorder_root_index(keys[i]), 256);
        *recorder_entry(at((keys[i] - 1) * LEAF), true) = i + 1;
    }
    for (uint64_t i = 0; i < LEAVES; i++)
        assert_int_equal(*recorder_entry(at((keys[i] - 1) * LEAF), false), i + 1);
}

static size_t seen;

static void see(void *context, uint64_t *entry, void *block)
{
    assert_ptr_equal(context, &seen);
    assert_ptr_equal(recorder_entry(block, false), entry);
    assert_true(*entry & RECORDER_LARGE);
    seen++;
}

static void test_large_ones_are_listed(void **state)
{
    (void)state;
    const uint64_t stream = UINT64_C(3) << RECORDER_STREAM_SHIFT;
    *recorder_entry(at(0x600000000000), true) = stream | RECORDER_LARGE | 7;
    *recorder_entry(at(0x600000000020), true) = 70000; /* what is known of it */
    *recorder_entry(at(0x600000000040), true) = (UINT64_C(5) << 40) | 12;
    *recorder_entry(at(0x600000100000), true) = stream | 8;
    *recorder_entry(at(0x600000200000), true) = stream | RECORDER_LARGE | 9;
    recorder_names_large(see, &seen);
    assert_int_equal(seen, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries_are_apart),
        cmocka_unit_test(test_places_that_are_taken),
        cmocka_unit_test(test_leaves_share_mappings),
        cmocka_unit_test(test_large_ones_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
