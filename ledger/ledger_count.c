#include "ledger_count.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger.h"
#include "ledger_next.h"

/* A thread's counters, on a cache line of their own. What one thread allocates another may free,
 * so that only sums mean something. More threads than slots share them: still exact. */
enum { SLOTS = 256, CACHE_LINE = 64 };

static struct slot {
    _Alignas(CACHE_LINE) atomic_int_fast64_t blocks;
    atomic_int_fast64_t usable_bytes;
    atomic_int_fast64_t calls;
    atomic_int_fast64_t requested_bytes;
} slots[SLOTS];

static atomic_uint threads;
static _Thread_local struct slot *own LEDGER_TLS;
static _Thread_local unsigned depth LEDGER_TLS;

struct ledger_call ledger_enter(void)
{
    return (struct ledger_call){.outermost = depth++ == 0};
}

void ledger_leave(struct ledger_call *call)
{
    (void)call;
    depth--;
}

static void count(int64_t blocks, int64_t usable_bytes, int64_t requested_bytes)
{
    if (!own)
        own = &slots[atomic_fetch_add_explicit(&threads, 1, memory_order_relaxed) % SLOTS];
    (void)atomic_fetch_add_explicit(&own->calls, 1, memory_order_relaxed);
    if (blocks)
        (void)atomic_fetch_add_explicit(&own->blocks, blocks, memory_order_relaxed);
    (void)atomic_fetch_add_explicit(&own->usable_bytes, usable_bytes, memory_order_relaxed);
    (void)atomic_fetch_add_explicit(&own->requested_bytes, requested_bytes, memory_order_relaxed);
}

/* Blocks from before the allocator could tell sizes: gperftools says 0 until it has registered
 * itself, and serves libstdc++'s 72704 bytes before. They are told apart from blocks without a
 * usable byte (malloc(0), of some allocators) by being older than the first size it told, and are
 * measured with the next one. More than there is room for stay at 0. */
enum { UNMEASURED_MAX = 64 };
static void *_Atomic unmeasured[UNMEASURED_MAX];
static atomic_uint unmeasured_count; /* at least as many as stand there */
static atomic_bool tells;

static void note_unmeasured(void *block)
{
    (void)atomic_fetch_add_explicit(&unmeasured_count, 1, memory_order_relaxed);
    for (size_t i = 0; i < UNMEASURED_MAX; i++) {
        void *none = NULL;
        if (atomic_compare_exchange_strong_explicit(&unmeasured[i], &none, block,
                                                    memory_order_release, memory_order_relaxed))
            return;
    }
    (void)atomic_fetch_sub_explicit(&unmeasured_count, 1, memory_order_relaxed);
}

/* Takes it off the list. False: somebody else has. */
static bool take_unmeasured(size_t i, void *block)
{
    bool taken = atomic_compare_exchange_strong_explicit(
        &unmeasured[i], &block, NULL, memory_order_acquire, memory_order_relaxed);
    if (taken)
        (void)atomic_fetch_sub_explicit(&unmeasured_count, 1, memory_order_relaxed);
    return taken;
}

/* A size is read first and counts only if the block was still there afterwards: another thread may
 * free it meanwhile. gperftools finds sizes by page, so that reading one of a freed block is safe.
 */
static int64_t measure_unmeasured(void)
{
    int64_t sum = 0;
    for (size_t i = 0; i < UNMEASURED_MAX; i++) {
        void *block = atomic_load_explicit(&unmeasured[i], memory_order_acquire);
        int64_t usable = block ? (int64_t)ledger_usable(block) : 0;
        if (block && take_unmeasured(i, block))
            sum += usable;
    }
    return sum;
}

static int64_t measure(void *block)
{
    bool told = atomic_load_explicit(&tells, memory_order_relaxed);
    int64_t usable = block ? (int64_t)ledger_usable(block) : 0;
    if (__builtin_expect(told, true) &&
        atomic_load_explicit(&unmeasured_count, memory_order_relaxed) == 0)
        return usable;
    if (usable > 0) {
        atomic_store_explicit(&tells, true, memory_order_relaxed);
        return usable + measure_unmeasured();
    }
    if (block && !told)
        note_unmeasured(block);
    return 0;
}

/* What was counted for a block that now goes: nothing if it was never measured. */
static int64_t measured(void *block, size_t usable)
{
    if (atomic_load_explicit(&unmeasured_count, memory_order_relaxed) == 0)
        return (int64_t)usable;
    for (size_t i = 0; i < UNMEASURED_MAX; i++)
        if (atomic_load_explicit(&unmeasured[i], memory_order_relaxed) == block &&
            take_unmeasured(i, block))
            return 0;
    return (int64_t)usable;
}

void *ledger_new(const struct ledger_call *call, void *block, size_t requested)
{
    if (call->outermost && block)
        count(1, measure(block), (int64_t)requested);
    return block;
}

void ledger_gone(const struct ledger_call *call, void *block)
{
    if (call->outermost && block)
        count(-1, -measured(block, ledger_usable(block)), 0);
}

void *ledger_moved(const struct ledger_call *call, void *block, size_t usable_before, void *moved,
                   size_t requested)
{
    if (!call->outermost)
        return moved;
    bool freed = block && !moved && requested == 0;
    if (!moved && !freed)
        return moved; /* it failed, and the old block stays */
    int64_t before = block ? measured(block, usable_before) : 0;
    count((moved ? 1 : 0) - (block ? 1 : 0), measure(moved) - before, (int64_t)requested);
    return moved;
}

void ledger_read(struct ledger_counts *out)
{
    struct ledger_counts sum = {0};
    for (size_t i = 0; i < SLOTS; i++) {
        sum.blocks += atomic_load_explicit(&slots[i].blocks, memory_order_relaxed);
        sum.usable_bytes += atomic_load_explicit(&slots[i].usable_bytes, memory_order_relaxed);
        sum.calls += atomic_load_explicit(&slots[i].calls, memory_order_relaxed);
        sum.requested_bytes +=
            atomic_load_explicit(&slots[i].requested_bytes, memory_order_relaxed);
    }
    for (size_t i = 0; i < UNMEASURED_MAX; i++) {
        void *block = atomic_load_explicit(&unmeasured[i], memory_order_acquire);
        int64_t usable = block ? (int64_t)ledger_usable(block) : 0;
        if (block == atomic_load_explicit(&unmeasured[i], memory_order_acquire))
            sum.usable_bytes += usable;
    }
    *out = sum;
}

static bool print;

__attribute__((constructor)) static void look(void)
{
    print = getenv("LEDGER_PRINT") != NULL;
}

__attribute__((destructor)) static void print_at_end(void)
{
    if (!print)
        return;
    struct ledger_counts counts;
    ledger_read(&counts);
    (void)dprintf(2,
                  "ledger: %" PRId64 " blocks, %" PRId64 " bytes live; %" PRId64 " calls, %" PRId64
                  " bytes asked for\n",
                  counts.blocks, counts.usable_bytes, counts.calls, counts.requested_bytes);
}
