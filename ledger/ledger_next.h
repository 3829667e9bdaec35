/*
 * ledger_next: the functions that serve the program, found once, by whichever thread comes first.
 * Knows nobody. Internal.
 *
 * Threads may run before main: several may be looking at once. Each looks for itself and stores
 * what all find, so none waits for another, which might hold the loader's lock. The look-up itself
 * may allocate; that is served from a static reserve, and never given back.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the static block of thread-local memory: reaching it allocates nothing. */
#define LEDGER_TLS __attribute__((tls_model("initial-exec")))

#define LEDGER_HIDDEN __attribute__((visibility("hidden")))

struct ledger_functions {
    void *(*_Atomic malloc)(size_t);
    void *(*_Atomic calloc)(size_t, size_t);
    void *(*_Atomic realloc)(void *, size_t);
    void *(*_Atomic reallocarray)(void *, size_t, size_t);
    void (*_Atomic free)(void *);
    int (*_Atomic posix_memalign)(void **, size_t, size_t);
    void *(*_Atomic aligned_alloc)(size_t, size_t);
    void *(*_Atomic memalign)(size_t, size_t);
    void *(*_Atomic valloc)(size_t);
    void *(*_Atomic pvalloc)(size_t);
    size_t (*_Atomic usable)(void *);
    size_t (*_Atomic expected)(size_t, int); /* nallocx; NULL: it has none */
};

extern struct ledger_functions ledger_functions LEDGER_HIDDEN;
extern atomic_bool ledger_found LEDGER_HIDDEN;
bool ledger_find(void) LEDGER_HIDDEN;

/* May LEDGER_NEXT be called? False: this very thread is looking, and the look-up allocates. */
static inline bool ledger_ready(void)
{
    return __builtin_expect(atomic_load_explicit(&ledger_found, memory_order_acquire), true) ||
           ledger_find();
}

/* LEDGER_NEXT(malloc)(bytes); after ledger_ready(). */
#define LEDGER_NEXT(name) atomic_load_explicit(&ledger_functions.name, memory_order_relaxed)

/* Is this address in the loader? */
bool ledger_of_loader(const void *address) LEDGER_HIDDEN;

/* The allocator's own malloc_usable_size(); 0 for a block of the reserve. */
size_t ledger_usable(void *block) LEDGER_HIDDEN;

/* What it will say of a block of so many bytes; 0: it does not say before. */
size_t ledger_expected(size_t bytes) LEDGER_HIDDEN;

/* Zeroed, from the reserve; NULL when it is used up. `alignment` is a power of two. */
void *ledger_reserve(size_t alignment, size_t bytes) LEDGER_HIDDEN;

enum { LEDGER_RESERVE_BYTES = 16384 };
extern char ledger_reserve_bytes[LEDGER_RESERVE_BYTES] LEDGER_HIDDEN;

/* Of a block of the reserve: how many bytes may be read from it. 0: it is no such block. */
static inline size_t ledger_reserved(const void *block)
{
    uintptr_t offset = (uintptr_t)block - (uintptr_t)ledger_reserve_bytes;
    return __builtin_expect(offset < LEDGER_RESERVE_BYTES, 0) ? LEDGER_RESERVE_BYTES - offset : 0;
}
