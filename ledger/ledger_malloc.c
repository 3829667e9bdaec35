/* malloc and its relatives: each is passed on to the next one of its name, and counted. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ledger_count.h"
#include "ledger_next.h"

enum { PAGE = 4096 }; /* of what is asked for while the functions are looked for; nobody does */

/* The C library calls its parameters __size and the like; those names are not ours to use.
 * NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
void *malloc(size_t bytes)
{
    if (!ledger_ready())
        return ledger_reserve(1, bytes);
    LEDGER_CALL(call);
    return ledger_new(&call, LEDGER_NEXT(malloc)(bytes), bytes);
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
    if (!ledger_ready())
        return ledger_reserve(1, product);
    LEDGER_CALL(call);
    return ledger_new(&call, LEDGER_NEXT(calloc)(count, bytes), product);
}

void free(void *block)
{
    if (!block || ledger_reserved(block) || !ledger_ready())
        return;
    LEDGER_CALL(call);
    ledger_gone(&call, block);
    LEDGER_NEXT(free)(block);
}

/* A block of the reserve moves to the allocator, as soon as there is one. */
static void *move_reserved(const void *block, size_t most, size_t bytes)
{
    void *moved = malloc(bytes);
    return moved ? memcpy(moved, block, bytes < most ? bytes : most) : NULL;
}

void *realloc(void *block, size_t bytes)
{
    size_t reserved = ledger_reserved(block);
    if (reserved)
        return move_reserved(block, reserved, bytes);
    if (!ledger_ready())
        return block ? NULL : ledger_reserve(1, bytes);
    LEDGER_CALL(call);
    size_t before = block ? LEDGER_NEXT(usable)(block) : 0;
    void *moved = LEDGER_NEXT(realloc)(block, bytes);
    return ledger_moved(&call, block, before, moved, bytes);
}

void *reallocarray(void *block, size_t count, size_t bytes)
{
    size_t product = product_of(count, bytes);
    size_t reserved = ledger_reserved(block);
    if (reserved)
        return move_reserved(block, reserved, product);
    if (!ledger_ready())
        return block ? NULL : ledger_reserve(1, product);
    LEDGER_CALL(call);
    size_t before = block ? LEDGER_NEXT(usable)(block) : 0;
    void *moved = LEDGER_NEXT(reallocarray)(block, count, bytes);
    return ledger_moved(&call, block, before, moved, product);
}

int posix_memalign(void **out, size_t alignment, size_t bytes)
{
    if (!ledger_ready())
        return (*out = ledger_reserve(alignment, bytes)) ? 0 : ENOMEM;
    LEDGER_CALL(call);
    int code = LEDGER_NEXT(posix_memalign)(out, alignment, bytes);
    if (code == 0)
        (void)ledger_new(&call, *out, bytes);
    return code;
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    if (!ledger_ready())
        return ledger_reserve(alignment, bytes);
    LEDGER_CALL(call);
    return ledger_new(&call, LEDGER_NEXT(aligned_alloc)(alignment, bytes), bytes);
}

void *memalign(size_t alignment, size_t bytes)
{
    if (!ledger_ready())
        return ledger_reserve(alignment, bytes);
    LEDGER_CALL(call);
    return ledger_new(&call, LEDGER_NEXT(memalign)(alignment, bytes), bytes);
}

void *valloc(size_t bytes)
{
    if (!ledger_ready())
        return ledger_reserve(PAGE, bytes);
    LEDGER_CALL(call);
    return ledger_new(&call, LEDGER_NEXT(valloc)(bytes), bytes);
}

void *pvalloc(size_t bytes)
{
    if (!ledger_ready())
        return ledger_reserve(PAGE, bytes);
    LEDGER_CALL(call);
    return ledger_new(&call, LEDGER_NEXT(pvalloc)(bytes), bytes);
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
