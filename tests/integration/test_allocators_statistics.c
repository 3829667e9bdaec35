/* The statistics of the allocator this program is linked with, against a program that knows. */
#include <errno.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "allocator.h"
#include "cleanup.h"

enum {
    BLOCKS = 1000,
    BLOCK_BYTES = 5000, /* above glibc's tcache, whose blocks count as live */
    MANY = 16384,
    GIVEN_BACK_BYTES = 32 << 20,
    MIB = 1 << 20,
};

static void *blocks[MANY];

static void fill(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        blocks[i] = malloc(BLOCK_BYTES);
        assert_non_null(blocks[i]);
        (void)memset(blocks[i], 1, BLOCK_BYTES);
    }
}

static void empty(size_t first, size_t count, size_t step)
{
    for (size_t i = first; i < count; i += step) {
        free(blocks[i]);
        blocks[i] = NULL;
    }
}

/* What the live counter charges for the blocks that are held. */
static int64_t charged(size_t count)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        if (blocks[i])
            bytes += (int64_t)malloc_usable_size(blocks[i]) + allocator_linked.block_overhead_bytes;
    }
    return bytes;
}

/* Is what is counted for blocks what they are charged? Or more, where it counts size classes. */
static void check_charged(int64_t counted, int64_t bytes)
{
    bool bounded = !allocator_linked.thread_excess_max_bytes ||
                   allocator_linked.thread_excess_max_bytes() != ALLOCATOR_NA;
    if (bounded)
        assert_int_equal(counted, bytes);
    else
        assert_true(counted >= bytes && (bytes > 0) == (counted > 0));
}

static struct allocator_stats read_stats(void)
{
    struct allocator_stats now;
    assert_int_equal(allocator_linked.stats(&now), 0);
    return now;
}

static int64_t live(void)
{
    return read_stats().value[STAT_LIVE];
}

static int64_t rss_bytes(void)
{
    AUTO_FCLOSE FILE *file = fopen("/proc/self/statm", "re");
    long pages = 0;
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*d %ld", &pages), 1);
    return pages * sysconf(_SC_PAGESIZE);
}

static void test_told_or_a_reason(void **state)
{
    (void)state;
    struct allocator_stats now = read_stats();
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++) {
        const char *reason = allocator_linked.unavailable((enum allocator_stat)i);
        print_message("%-18s %lld %s\n", allocator_stat_names[i], (long long)now.value[i],
                      reason ? reason : "");
        assert_int_equal(now.value[i] == ALLOCATOR_NA, reason != NULL);
        assert_true(now.value[i] >= ALLOCATOR_NA);
    }
    char version[64];
    assert_int_equal(allocator_linked.version(version, sizeof version), 0);
    print_message("version %s\n", version);
    assert_true(strspn(version, "0123456789.") > 2 || strchr(version, ' '));
}

static void test_live_is_exact(void **state)
{
    (void)state;
    if (live() == ALLOCATOR_NA)
        skip();
    int64_t start = live();
    fill(BLOCKS);
    check_charged(live() - start, charged(BLOCKS));
    empty(0, BLOCKS, 2);
    check_charged(live() - start, charged(BLOCKS));
    empty(1, BLOCKS, 2);
    assert_int_equal(live() - start, 0);
}

static void test_heap_holds_what_is_live(void **state)
{
    (void)state;
    fill(MANY);
    struct allocator_stats now = read_stats();
    for (enum allocator_stat stat = STAT_HEAP; stat <= STAT_RESIDENT; stat++) {
        if (now.value[stat] != ALLOCATOR_NA)
            assert_true(now.value[stat] >= (int64_t)MANY * BLOCK_BYTES);
    }
    empty(0, MANY, 1);
}

/* Neither address space nor what was given back: never far above what is resident, while that is
 * all touched. glibc does not count what malloc_trim() gives back inside its heap. */
static void check_heap_is_resident(const char *when)
{
    struct allocator_stats now = read_stats();
    int64_t rss = rss_bytes();
    print_message("%s: heap %lld, RSS %lld\n", when, (long long)now.value[STAT_HEAP],
                  (long long)rss);
    assert_true(now.value[STAT_HEAP] <= rss + 2 * MIB);
}

static void test_heap_is_what_is_committed(void **state)
{
    (void)state;
    check_heap_is_resident("at first");
    fill(MANY);
    check_heap_is_resident("filled");
    empty(0, MANY, 1);
    check_heap_is_resident("freed");
    if (allocator_linked.release)
        allocator_linked.release();
    if (read_stats().value[STAT_RELEASED] != ALLOCATOR_NA)
        check_heap_is_resident("released");
}

static void test_reading_does_not_allocate(void **state)
{
    (void)state;
    struct allocator_stats first = read_stats();
    for (int i = 0; i < 100; i++)
        (void)read_stats();
    struct allocator_stats last = read_stats();
    assert_memory_equal(&first, &last, sizeof first);
}

/* A row that can tell what it caches must give it back when asked. The block that is kept at the
 * top stops glibc from having trimmed by itself. */
static void test_release_gives_back(void **state)
{
    (void)state;
    if (!allocator_linked.release)
        skip();
    fill(MANY);
    void *top = malloc(BLOCK_BYTES);
    empty(0, MANY, 1);
    struct allocator_stats before = read_stats();
    int64_t rss_before = rss_bytes();
    allocator_linked.release();
    struct allocator_stats after = read_stats();
    int64_t fall = rss_before - rss_bytes();
    free(top);
    print_message("%s: RSS -%lld KiB, released %lld -> %lld, heap %lld -> %lld\n",
                  allocator_linked.release_call, (long long)fall / 1024,
                  (long long)before.value[STAT_RELEASED], (long long)after.value[STAT_RELEASED],
                  (long long)before.value[STAT_HEAP], (long long)after.value[STAT_HEAP]);
    assert_true(fall > -MIB);
    if (before.value[STAT_CACHED] == ALLOCATOR_NA)
        return;
    assert_true(fall >= GIVEN_BACK_BYTES);
    if (before.value[STAT_RELEASED] != ALLOCATOR_NA) {
        assert_true(after.value[STAT_RELEASED] - before.value[STAT_RELEASED] >= GIVEN_BACK_BYTES);
        assert_true(before.value[STAT_HEAP] - after.value[STAT_HEAP] >= GIVEN_BACK_BYTES);
    }
}

static void test_lost_blocks_are_found_at_exit(void **state)
{
    (void)state;
    struct allocator_leftover before;
    struct allocator_leftover after;
    if (allocator_linked.live_at_exit(&before) == -ENOTSUP)
        skip(); /* mimalloc 3.0 and 3.1; test_allocators_subject holds it to these */
    fill(BLOCKS);
    assert_int_equal(allocator_linked.live_at_exit(&after), 0);
    int64_t bytes = charged(BLOCKS);
    empty(0, BLOCKS, 1);
    check_charged(after.bytes - before.bytes, bytes);
    if (before.blocks != ALLOCATOR_NA)
        assert_int_equal(after.blocks - before.blocks, BLOCKS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_told_or_a_reason),
        cmocka_unit_test(test_live_is_exact),
        cmocka_unit_test(test_heap_holds_what_is_live),
        cmocka_unit_test(test_heap_is_what_is_committed),
        cmocka_unit_test(test_reading_does_not_allocate),
        cmocka_unit_test(test_release_gives_back),
        cmocka_unit_test(test_lost_blocks_are_found_at_exit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
