#include "ledger_count.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger.h"

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

/* Blocks from before the allocator was ready to tell sizes (tcmalloc says 0 until it has registered
 * itself). They are measured when it can; that is before main, with one thread. A block without a
 * usable byte later on (malloc(0), of some allocators) stays at 0. */
enum { UNMEASURED_MAX = 16 };
static void *unmeasured[UNMEASURED_MAX];
static unsigned unmeasured_count;

static int64_t measure(void *block)
{
    int64_t usable = block ? (int64_t)ledger_usable(block) : 0;
    bool alone = atomic_load_explicit(&threads, memory_order_relaxed) <= 1;
    if (usable == 0 && block && alone && unmeasured_count < UNMEASURED_MAX)
        unmeasured[unmeasured_count++] = block;
    if (usable == 0 || unmeasured_count == 0)
        return usable;
    while (unmeasured_count > 0)
        usable += (int64_t)ledger_usable(unmeasured[--unmeasured_count]);
    return usable;
}

/* What was counted for a block that now goes: nothing if it was never measured. */
static int64_t measured(const void *block, size_t usable)
{
    for (unsigned i = 0; i < unmeasured_count; i++)
        if (unmeasured[i] == block) {
            unmeasured[i] = unmeasured[--unmeasured_count];
            return 0;
        }
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

void *ledger_moved(const struct ledger_call *call, const void *block, size_t usable_before,
                   void *moved, size_t requested)
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
    for (unsigned i = 0; i < unmeasured_count; i++)
        sum.usable_bytes += (int64_t)ledger_usable(unmeasured[i]);
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
