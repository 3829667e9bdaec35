/*
 * The ledger's counters before an allocator that tells no sizes yet, as gperftools until it has
 * registered itself; under ThreadSanitizer. Blocks are made up: their size is what they hold.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger.h"
#include "ledger_count.h"
#include "ledger_next.h"

enum { THREADS = 6, EACH = 8, SIZE = 48 };

static atomic_bool told;
static int blocks[THREADS][EACH];
static int later[THREADS];
static const char loader[1];
static pthread_barrier_t barrier;

size_t ledger_usable(void *block)
{
    return atomic_load_explicit(&told, memory_order_relaxed) ? (size_t) * (int *)block : 0;
}

size_t ledger_expected(size_t bytes)
{
    return bytes;
}

bool ledger_of_loader(const void *address)
{
    return address == loader;
}

static void give(int *block, int size)
{
    LEDGER_CALL(call);
    *block = size;
    (void)ledger_new(&call, block, (size_t)size);
}

static void gone(int *block)
{
    LEDGER_CALL(call);
    ledger_gone(&call, block);
}

static int64_t live_bytes(void)
{
    struct ledger_counts counts;
    ledger_read(&counts);
    return counts.usable_bytes;
}

/* Half of what came before is freed, by another thread, while sizes begin to be told. */
static void *work(void *argument)
{
    size_t mine = (size_t)(uintptr_t)argument;
    size_t other = (mine + 1) % THREADS;
    for (size_t i = 0; i < EACH; i++)
        give(&blocks[mine][i], SIZE);
    (void)pthread_barrier_wait(&barrier);
    if (mine == 0)
        atomic_store_explicit(&told, true, memory_order_relaxed);
    for (size_t i = 0; i < EACH / 2; i++)
        gone(&blocks[other][i]);
    give(&later[mine], SIZE);
    return NULL;
}

static void old_blocks_are_measured_once(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    struct ledger_counts counts;
    assert_int_equal(pthread_barrier_init(&barrier, NULL, THREADS), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)i), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    ledger_read(&counts);
    assert_int_equal(counts.blocks, THREADS * (EACH / 2 + 1));
    assert_int_equal(counts.usable_bytes, THREADS * (EACH / 2 + 1) * SIZE);
    for (size_t i = 0; i < THREADS; i++) {
        for (size_t j = EACH / 2; j < EACH; j++)
            gone(&blocks[i][j]);
        gone(&later[i]);
    }
    assert_int_equal(live_bytes(), 0);
    assert_int_equal(pthread_barrier_destroy(&barrier), 0);
}

/* A block that came and went before any size was told leaves nothing, and one that stays counts by
 * what it will be. */
static void old_blocks_may_go_before(void **state)
{
    (void)state;
    int gone_before = 0, stays = 0;
    atomic_store(&told, false);
    give(&gone_before, SIZE);
    give(&stays, 2 * SIZE);
    assert_int_equal(live_bytes(), 3 * SIZE);
    gone(&gone_before);
    assert_int_equal(live_bytes(), 2 * SIZE);
    atomic_store(&told, true);
    gone(&stays);
    assert_int_equal(live_bytes(), 0);
}

/* Calls within a call: of the allocator itself, and of the loader. */
static void calls_within_a_call(void **state)
{
    (void)state;
    int outer = 0, own = SIZE, of_loader = SIZE;
    atomic_store(&told, true);
    {
        LEDGER_CALL(call);
        give(&own, SIZE);
        struct ledger_call within = ledger_enter(loader);
        (void)ledger_new(&within, &of_loader, SIZE);
        ledger_leave(&within);
        outer = 2 * SIZE;
        (void)ledger_new(&call, &outer, 2 * SIZE);
    }
    assert_int_equal(live_bytes(), 3 * SIZE);
    gone(&of_loader);
    gone(&outer);
    assert_int_equal(live_bytes(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_blocks_may_go_before),
        cmocka_unit_test(old_blocks_are_measured_once),
        cmocka_unit_test(calls_within_a_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
