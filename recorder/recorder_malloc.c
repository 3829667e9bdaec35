/* malloc and its relatives: each is passed on to the next one of its name, and written down. */
#include <dlfcn.h>
#include <errno.h>
#include <gnu/libc-version.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ledger_next.h"
#include "recorder_hot.h"

enum { PAGE = 4096 };

#define VISIBLE __attribute__((visibility("default")))

size_t recorder_least_bytes = RECORDER_LEAST_BYTES;

/* Two blocks must not share the entry of 32 bytes. */
static inline size_t enough(size_t bytes)
{
    return bytes < recorder_least_bytes ? recorder_least_bytes : bytes;
}

void recorder_find_least(void)
{
    Dl_info libc, served;
    void *(*next)(size_t) = LEDGER_NEXT(malloc);
    const char *(*of_libc)(void) = gnu_get_libc_version;
    const void *next_address = NULL, *libc_address = NULL;
    (void)memcpy(&next_address, &next, sizeof next_address);
    (void)memcpy(&libc_address, &of_libc, sizeof libc_address);
    if (dladdr(next_address, &served) && dladdr(libc_address, &libc) &&
        served.dli_fbase == libc.dli_fbase)
        recorder_least_bytes = RECORDER_LEAST_BYTES_OF_GLIBC;
}

/* The C library calls its parameters __size and the like; those names are not ours to use.
 * NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
VISIBLE void *malloc(size_t bytes)
{
    if (!ledger_ready())
        return ledger_reserve(1, bytes);
    return recorder_returned(LEDGER_NEXT(malloc)(enough(bytes)), bytes, TRACE_MALLOC);
}

VISIBLE void *calloc(size_t count, size_t bytes)
{
    size_t product = 0;
    bool fits = !__builtin_mul_overflow(count, bytes, &product);
    if (!ledger_ready())
        return fits ? ledger_reserve(1, product) : NULL;
    if (!fits || product < recorder_least_bytes)
        return recorder_returned(
            LEDGER_NEXT(calloc)(fits ? 1 : count, fits ? recorder_least_bytes : bytes), product,
            TRACE_CALLOC);
    return recorder_returned(LEDGER_NEXT(calloc)(count, bytes), product, TRACE_CALLOC);
}

static __attribute__((noinline)) void free_slowly(void *block)
{
    if (ledger_reserved(block) || !ledger_ready())
        return;
    recorder_going_slowly(block);
    LEDGER_NEXT(free)(block);
}

/* Nothing is of the reserve that has a name, and who writes has found the functions. */
VISIBLE void free(void *block)
{
    if (!block)
        return;
    if (__builtin_expect(recorder_going_at_once(block), 1))
        LEDGER_NEXT(free)(block);
    else
        free_slowly(block);
}

/* C23; the allocator may know no such function. */
VISIBLE void free_sized(void *block, size_t bytes);
VISIBLE void free_aligned_sized(void *block, size_t alignment, size_t bytes);

VISIBLE void free_sized(void *block, size_t bytes)
{
    (void)bytes;
    free(block);
}

VISIBLE void free_aligned_sized(void *block, size_t alignment, size_t bytes)
{
    (void)alignment;
    (void)bytes;
    free(block);
}

/* A block of the reserve moves to the allocator, as soon as there is one. */
static void *move_reserved(const void *block, size_t most, size_t bytes)
{
    void *moved = malloc(bytes);
    return moved ? memcpy(moved, block, bytes < most ? bytes : most) : NULL;
}

/* The name is taken from the old block before the call, since its memory may be somebody else's
 * before the call returns; the event is written afterwards. */
static void *resize(void *block, size_t bytes)
{
    uint64_t *entry = recorder_entry(block, false);
    uint64_t name = entry ? *entry : 0;
    size_t kept = bytes >= recorder_large_bytes ? LEDGER_NEXT(usable)(block) : 0;
    struct recorder_thread *thread = name & RECORDER_LARGE ? recorder_enter() : NULL;
    if (thread) {
        recorder_touch_end(thread, block, name);
        recorder_leave(thread);
    }
    if (entry)
        *entry = 0;
    void *moved = LEDGER_NEXT(realloc)(block, bytes ? enough(bytes) : 0);
    if (!moved && bytes) { /* it failed: the old block stays */
        recorder_failed();
        if (entry)
            *entry = name;
        return moved;
    }
    thread = recorder_enter();
    if (!thread)
        return moved;
    if (!name)
        recorder_unknown(thread);
    if (moved && name) {
        recorder_put(thread, TRACE_REALLOC, bytes);
        recorder_put_ref(thread, name);
    } else if (moved) {
        recorder_put(thread, TRACE_MALLOC, bytes);
    } else if (name) {
        recorder_put_free(thread, name);
    }
    if (moved)
        recorder_name(thread, moved, bytes, kept, false);
    recorder_leave(thread);
    return moved;
}

VISIBLE void *realloc(void *block, size_t bytes)
{
    size_t reserved = ledger_reserved(block);
    if (reserved)
        return move_reserved(block, reserved, bytes);
    if (!ledger_ready())
        return block ? NULL : ledger_reserve(1, bytes);
    if (!block)
        return recorder_returned(LEDGER_NEXT(realloc)(NULL, enough(bytes)), bytes, TRACE_MALLOC);
    return resize(block, bytes);
}

VISIBLE void *reallocarray(void *block, size_t count, size_t bytes)
{
    size_t product = 0;
    if (!__builtin_mul_overflow(count, bytes, &product))
        return realloc(block, product);
    recorder_failed();
    errno = ENOMEM;
    return NULL;
}

VISIBLE int posix_memalign(void **out, size_t alignment, size_t bytes)
{
    if (!ledger_ready())
        return (*out = ledger_reserve(alignment, bytes)) ? 0 : ENOMEM;
    void *block = NULL;
    int code = LEDGER_NEXT(posix_memalign)(&block, alignment, enough(bytes));
    if (code == 0)
        *out = recorder_returned_aligned(block, alignment, bytes);
    else
        recorder_failed();
    return code;
}

VISIBLE void *aligned_alloc(size_t alignment, size_t bytes)
{
    if (!ledger_ready())
        return ledger_reserve(alignment, bytes);
    void *block = LEDGER_NEXT(aligned_alloc)(alignment, enough(bytes));
    return recorder_returned_aligned(block, alignment, bytes);
}

VISIBLE void *memalign(size_t alignment, size_t bytes)
{
    if (!ledger_ready())
        return ledger_reserve(alignment, bytes);
    void *block = LEDGER_NEXT(memalign)(alignment, enough(bytes));
    return recorder_returned_aligned(block, alignment, bytes);
}

VISIBLE void *valloc(size_t bytes)
{
    if (!ledger_ready())
        return ledger_reserve(PAGE, bytes);
    return recorder_returned_aligned(LEDGER_NEXT(valloc)(enough(bytes)), PAGE, bytes);
}

VISIBLE void *pvalloc(size_t bytes)
{
    if (!ledger_ready())
        return ledger_reserve(PAGE, bytes);
    size_t whole = (bytes + PAGE - 1) / PAGE * PAGE;
    return recorder_returned_aligned(LEDGER_NEXT(pvalloc)(enough(bytes)), PAGE, whole);
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
