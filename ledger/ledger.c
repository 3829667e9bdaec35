#include "ledger.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ledger_count.h"

/* The functions that serve us, found once. */
static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void *(*reallocarray)(void *, size_t, size_t);
    void (*free)(void *);
    int (*posix_memalign)(void **, size_t, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    void *(*memalign)(size_t, size_t);
    void *(*valloc)(size_t);
    void *(*pvalloc)(size_t);
    size_t (*usable)(void *);
    bool found;
} next;

static _Thread_local bool finding LEDGER_TLS;

/* What is asked for while the functions are being looked up; never given back. */
enum { EARLY_BYTES = 16384, EARLY_ALIGN = 16 };
static _Alignas(EARLY_ALIGN) char early[EARLY_BYTES];
static size_t early_used;

static void *early_block(size_t bytes)
{
    size_t rounded = (bytes + EARLY_ALIGN - 1) / EARLY_ALIGN * EARLY_ALIGN;
    if (rounded < bytes || rounded > EARLY_BYTES - early_used)
        return NULL;
    void *block = early + early_used;
    early_used += rounded;
    return block;
}

static bool is_early(const void *block)
{
    return (const char *)block >= early && (const char *)block < early + EARLY_BYTES;
}

/* False: this very thread is looking them up, and the look-up itself allocates. */
static bool ready(void)
{
    if (__builtin_expect(next.found, true))
        return true;
    if (finding)
        return false;
    static const struct {
        const char *name;
        void *into;
    } functions[] = {
        {"malloc", &next.malloc},
        {"calloc", &next.calloc},
        {"realloc", &next.realloc},
        {"reallocarray", &next.reallocarray},
        {"free", &next.free},
        {"posix_memalign", &next.posix_memalign},
        {"aligned_alloc", &next.aligned_alloc},
        {"memalign", &next.memalign},
        {"valloc", &next.valloc},
        {"pvalloc", &next.pvalloc},
        {"malloc_usable_size", &next.usable},
    };
    finding = true;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        void *function = dlsym(RTLD_NEXT, functions[i].name);
        (void)memcpy(functions[i].into, &function, sizeof function);
    }
    finding = false;
    next.found = true;
    return true;
}

size_t ledger_usable(void *block)
{
    return ready() && !is_early(block) ? next.usable(block) : 0;
}

/* The C library calls its parameters __size and the like; those names are not ours to use.
 * NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
void *malloc(size_t bytes)
{
    if (!ready())
        return early_block(bytes);
    LEDGER_CALL(call);
    return ledger_new(&call, next.malloc(bytes), bytes);
}

/* SIZE_MAX where it overflows: a request that nobody can serve, and that is not to be taken for a
 * smaller one. */
static size_t product_of(size_t count, size_t bytes)
{
    size_t product = 0;
    return __builtin_mul_overflow(count, bytes, &product) ? SIZE_MAX : product;
}

void *calloc(size_t count, size_t bytes)
{
    size_t product = product_of(count, bytes);
    if (!ready())
        return early_block(product); /* of static memory: zero */
    LEDGER_CALL(call);
    return ledger_new(&call, next.calloc(count, bytes), product);
}

void free(void *block)
{
    if (!block || is_early(block))
        return;
    (void)ready();
    LEDGER_CALL(call);
    ledger_gone(&call, block);
    next.free(block);
}

/* A block from before the functions were found moves to the allocator. */
static void *move_early(const void *block, size_t bytes)
{
    size_t most = (size_t)(early + EARLY_BYTES - (const char *)block);
    void *moved = malloc(bytes);
    return moved ? memcpy(moved, block, bytes < most ? bytes : most) : NULL;
}

void *realloc(void *block, size_t bytes)
{
    if (is_early(block))
        return move_early(block, bytes);
    if (!ready())
        return early_block(bytes);
    LEDGER_CALL(call);
    size_t before = block ? next.usable(block) : 0;
    void *moved = next.realloc(block, bytes);
    return ledger_moved(&call, block, before, moved, bytes);
}

void *reallocarray(void *block, size_t count, size_t bytes)
{
    size_t product = product_of(count, bytes);
    if (is_early(block))
        return move_early(block, product);
    if (!ready())
        return early_block(product);
    LEDGER_CALL(call);
    size_t before = block ? next.usable(block) : 0;
    void *moved = next.reallocarray(block, count, bytes);
    return ledger_moved(&call, block, before, moved, product);
}

int posix_memalign(void **out, size_t alignment, size_t bytes)
{
    (void)ready();
    LEDGER_CALL(call);
    int code = next.posix_memalign(out, alignment, bytes);
    if (code == 0)
        (void)ledger_new(&call, *out, bytes);
    return code;
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    (void)ready();
    LEDGER_CALL(call);
    return ledger_new(&call, next.aligned_alloc(alignment, bytes), bytes);
}

void *memalign(size_t alignment, size_t bytes)
{
    (void)ready();
    LEDGER_CALL(call);
    return ledger_new(&call, next.memalign(alignment, bytes), bytes);
}

void *valloc(size_t bytes)
{
    (void)ready();
    LEDGER_CALL(call);
    return ledger_new(&call, next.valloc(bytes), bytes);
}

void *pvalloc(size_t bytes)
{
    (void)ready();
    LEDGER_CALL(call);
    return ledger_new(&call, next.pvalloc(bytes), bytes);
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
