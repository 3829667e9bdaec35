#include "ledger_count.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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

struct ledger_call ledger_enter(const void *caller)
{
    return (struct ledger_call){.outermost = depth++ == 0 || ledger_of_loader(caller)};
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

/* Blocks from before the allocator tells sizes: gperftools says 0 until it has registered itself,
 * and libraries' constructors come first. What it will say of a request it knows already then
 * (nallocx); who gives such a block back before it tells, it cannot say, so those that are live are
 * written down. More than there is room for are counted all the same. */
enum { EARLY_MAX = 8192, EARLY_PROBES = 64, HASH_SHIFT = 4 };
static struct early {
    void *_Atomic block;
    size_t bytes;
} early[EARLY_MAX]; /* touched under such an allocator alone */
static atomic_uint early_count;
static atomic_bool tells;

static struct early *early_at(const void *block, size_t probe)
{
    return &early[(((uintptr_t)block >> HASH_SHIFT) + probe) % EARLY_MAX];
}

static void note_early(void *block, size_t bytes)
{
    for (size_t i = 0; i < EARLY_PROBES; i++) {
        void *none = NULL;
        struct early *entry = early_at(block, i);
        if (atomic_compare_exchange_strong(&entry->block, &none, block)) {
            entry->bytes = bytes;
            (void)atomic_fetch_add(&early_count, 1);
            return;
        }
    }
}

/* Takes it off the list: what was counted for it; 0: it is not there. */
static size_t take_early(void *block)
{
    for (size_t i = 0; i < EARLY_PROBES; i++) {
        struct early *entry = early_at(block, i);
        if (atomic_load(&entry->block) != block)
            continue;
        size_t bytes = entry->bytes;
        atomic_store(&entry->block, NULL);
        (void)atomic_fetch_sub(&early_count, 1);
        return bytes;
    }
    return 0;
}

/* Of a block that is new. */
static int64_t measure(void *block, size_t requested)
{
    size_t usable = block ? ledger_usable(block) : 0;
    if (__builtin_expect(atomic_load_explicit(&tells, memory_order_relaxed), true))
        return (int64_t)usable;
    if (usable > 0) {
        atomic_store_explicit(&tells, true, memory_order_relaxed);
        return (int64_t)usable;
    }
    size_t expected = block ? ledger_expected(requested) : 0;
    if (expected > 0)
        note_early(block, expected);
    return (int64_t)expected;
}

/* What was counted for a block that now goes: what the allocator says, once it tells. */
static int64_t measured(void *block, size_t usable)
{
    return (int64_t)(usable == 0 && atomic_load_explicit(&early_count, memory_order_relaxed) > 0
                         ? take_early(block)
                         : usable);
}

void *ledger_new(const struct ledger_call *call, void *block, size_t requested)
{
    if (call->outermost && block)
        count(1, measure(block, requested), (int64_t)requested);
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
    count((moved ? 1 : 0) - (block ? 1 : 0), measure(moved, requested) - before,
          (int64_t)requested);
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
    *out = sum;
}

static const char *print; /* the value of LEDGER_PRINT; NULL: nothing is printed */

__attribute__((constructor)) static void look(void)
{
    print = getenv("LEDGER_PRINT");
}

/* Programs may have closed stderr by now, or have another file there: a file is opened anew. */
__attribute__((destructor)) static void print_at_end(void)
{
    if (!print)
        return;
    struct ledger_counts counts;
    ledger_read(&counts);
    bool to_file = print[0] == '/';
    int fd = to_file ? open(print, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666) : STDERR_FILENO;
    (void)dprintf(fd,
                  "ledger: %" PRId64 " blocks, %" PRId64 " bytes live; %" PRId64 " calls, %" PRId64
                  " bytes asked for%s%s\n",
                  counts.blocks, counts.usable_bytes, counts.calls, counts.requested_bytes,
                  to_file ? "; " : "", to_file ? program_invocation_name : "");
    if (to_file)
        (void)close(fd);
}
