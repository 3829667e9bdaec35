/*
 * operator new and delete. Each is passed on to the next one of its name, since allocators bring
 * their own that do not call malloc by name; libstdc++'s do, and then the block has been written
 * down within. operator new may throw through these frames: this file is compiled with
 * -fexceptions.
 *
 * The next one may be of an allocator that the program is linked with, and that does not serve
 * malloc: the driver puts libc before it, which has no operators. Blocks would then be of two
 * allocators, of which one's operator delete calls the other's free (jemalloc's does). So
 * libstdc++'s takes its place.
 */
#include <dlfcn.h>
#include <stdatomic.h>
#include <string.h>

#include "ledger_next.h"
#include "recorder_hot.h"

#define VISIBLE __attribute__((visibility("default")))

/* Of a library that is loaded. */
static void *symbol_of(const char *library, const char *symbol)
{
    void *handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
    void *found = handle ? dlsym(handle, symbol) : NULL;
    if (handle)
        (void)dlclose(handle);
    return found;
}

static const void *object_of(const void *function)
{
    Dl_info about;
    return function && dladdr(function, &about) ? about.dli_fbase : NULL;
}

static void *next_operator(const char *symbol)
{
    void *next = dlsym(RTLD_NEXT, symbol);
    void *(*serving)(size_t) = ledger_ready() ? LEDGER_NEXT(malloc) : NULL;
    const void *serves = NULL;
    Dl_info about;
    (void)memcpy(&serves, &serving, sizeof serves);
    if (!next || !dladdr(next, &about) || about.dli_fbase == object_of(serves) ||
        about.dli_fbase != object_of(symbol_of(about.dli_fname, "malloc")))
        return next;
    void *of_libstdcxx = symbol_of("libstdc++.so.6", symbol);
    return of_libstdcxx ? of_libstdcxx : next;
}

/* The next function of this name; in a program without C++ nobody calls these. */
#define NEXT(type, symbol)                                                 \
    static type *_Atomic found;                                            \
    __auto_type next = atomic_load_explicit(&found, memory_order_relaxed); \
    if (!next) {                                                           \
        void *found_ = next_operator(symbol);                              \
        (void)memcpy(&next, &found_, sizeof next);                         \
        atomic_store_explicit(&found, next, memory_order_relaxed);         \
    }

/* Since `before`, this thread has named the block. */
static bool is_named(const void *block, uint64_t before)
{
    const uint64_t *entry = recorder_entry(block, false);
    return entry && recorder_owns(&recorder_self, *entry) && (*entry & RECORDER_SEQUENCE) > before;
}

static void *returned(void *block, size_t bytes, size_t alignment, uint64_t before)
{
    if (block && is_named(block, before))
        return block;
    return alignment ? recorder_returned_aligned(block, alignment, bytes)
                     : recorder_returned(block, bytes, TRACE_MALLOC);
}

static void going(void *block)
{
    if (!block)
        return;
    recorder_going(block);
    recorder_self.deleting++; /* a free within finds no name any more */
}

static void gone(const void *block)
{
    if (block)
        recorder_self.deleting--;
}

#define NEW_OF(name, symbol, parameters, arguments, alignment)       \
    typedef void *name##_fn parameters;                              \
    VISIBLE name##_fn name __asm__(symbol);                          \
    void *name parameters                                            \
    {                                                                \
        NEXT(name##_fn, symbol);                                     \
        uint64_t before = recorder_self.sequence;                    \
        return returned(next arguments, bytes, (alignment), before); \
    }

#define NEW(name, symbol, parameters, arguments) NEW_OF(name, symbol, parameters, arguments, 0)
#define NEW_ALIGNED(name, symbol, parameters, arguments) \
    NEW_OF(name, symbol, parameters, arguments, alignment)

#define DELETE(name, symbol, parameters, arguments) \
    typedef void name##_fn parameters;              \
    VISIBLE name##_fn name __asm__(symbol);         \
    void name parameters                            \
    {                                               \
        NEXT(name##_fn, symbol);                    \
        going(block);                               \
        next arguments;                             \
        gone(block);                                \
    }

#include "cxx_operators.inc"
