/*
 * The ledger in a program whose threads run before main: under ThreadSanitizer, so that what is not
 * ordered is found wherever it stands. The sanitizer serves malloc itself; so here malloc and its
 * relatives are other names (ledger.cmake) of the ledger's, which pass on to the sanitizer's.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ledger.h"
#include "ledger_next.h"

void *operator_new(size_t) __asm__("_Znwm");
void operator_delete(void *) __asm__("_ZdlPv");

enum { THREADS = 8, KINDS = 9, ROUNDS = 400, SLOTS = 64 };

static pthread_t threads[THREADS];
static atomic_int arrived;
static void *_Atomic slots[SLOTS]; /* blocks that another thread may free */
static atomic_int failures;

static void *take(size_t kind, size_t bytes)
{
    void *block = NULL;
    switch (kind) {
    case 0:
        return malloc(bytes);
    case 1:
        return calloc(2, bytes);
    case 2:
        return realloc(malloc(bytes), 2 * bytes);
    case 3:
        return reallocarray(NULL, 3, bytes);
    case 4:
        return posix_memalign(&block, 64, bytes) == 0 ? block : NULL;
    case 5:
        return aligned_alloc(64, 64);
    case 6:
        return memalign(128, bytes);
    case 7:
        return valloc(bytes);
    default:
        return pvalloc(bytes);
    }
}

/* Each begins with another kind of call, and all at once: the first calls of the process. */
static void *work(void *argument)
{
    size_t first = (size_t)(uintptr_t)argument;
    (void)atomic_fetch_add_explicit(&arrived, 1, memory_order_relaxed);
    while (atomic_load_explicit(&arrived, memory_order_relaxed) < THREADS)
        continue;
    for (size_t i = 0; i < ROUNDS; i++) {
        void *block = take((first + i) % KINDS, 16 + i);
        if (!block)
            (void)atomic_fetch_add(&failures, 1);
        free(atomic_exchange(&slots[(7 * first + i) % SLOTS], block));
        operator_delete(operator_new(24));
    }
    return NULL;
}

__attribute__((constructor)) static void begin(void)
{
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)i) != 0)
            abort();
}

static void nothing_is_lost_or_counted_twice(void **state)
{
    (void)state;
    struct ledger_counts counts;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(failures, 0);
    ledger_read(&counts);
    assert_true(counts.blocks > 0 && counts.blocks <= SLOTS);
    for (size_t i = 0; i < SLOTS; i++)
        free(slots[i]);
    ledger_read(&counts);
    assert_int_equal(counts.blocks, 0);
    assert_int_equal(counts.usable_bytes, 0);
}

static void the_reserve_serves_what_it_can(void **state)
{
    (void)state;
    static const struct {
        size_t alignment, bytes;
        bool served;
    } rows[] = {
        {1, 1, true},      {4096, 10, true},     {64, 0, true},
        {1, 16385, false}, {1, SIZE_MAX, false}, {SIZE_MAX / 2 + 1, 1, false},
        {32768, 1, false}, {1, 100, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *block = ledger_reserve(rows[i].alignment, rows[i].bytes);
        assert_int_equal(block != NULL, rows[i].served);
        if (!block)
            continue;
        assert_int_equal((uintptr_t)block % rows[i].alignment, 0);
        assert_true(ledger_reserved(block) >= rows[i].bytes);
        assert_int_equal(ledger_usable(block), 0);
        free(block);
    }
    char *block = ledger_reserve(1, 3);
    assert_non_null(block);
    block[0] = 'x';
    char *moved = realloc(block, 100);
    assert_non_null(moved);
    assert_int_equal(ledger_reserved(moved), 0);
    assert_int_equal(moved[0], 'x');
    free(moved);
    size_t served = 0;
    while (ledger_reserve(1, 1000))
        served++;
    assert_true(served > 0 && served < 17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_or_counted_twice),
        cmocka_unit_test(the_reserve_serves_what_it_can),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
