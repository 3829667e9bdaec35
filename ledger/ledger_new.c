/*
 * operator new and delete, under their names of the Itanium C++ ABI. Each is passed on to the next
 * one, since allocators bring their own that do not call malloc by name. operator new may throw
 * through these frames: this file is compiled with -fexceptions.
 */
#include <dlfcn.h>
#include <stdatomic.h>
#include <string.h>

#include "ledger_count.h"

/* The next function of this name; in a program without C++ nobody calls these. */
#define NEXT(type, symbol)                                                 \
    static type *_Atomic found;                                            \
    __auto_type next = atomic_load_explicit(&found, memory_order_relaxed); \
    if (!next) {                                                           \
        void *found_ = dlsym(RTLD_NEXT, symbol);                           \
        (void)memcpy(&next, &found_, sizeof next);                         \
        atomic_store_explicit(&found, next, memory_order_relaxed);         \
    }

#define NEW(name, symbol, parameters, arguments)         \
    typedef void *name##_fn parameters;                  \
    name##_fn name __asm__(symbol);                      \
    void *name parameters                                \
    {                                                    \
        NEXT(name##_fn, symbol);                         \
        LEDGER_CALL(call);                               \
        return ledger_new(&call, next arguments, bytes); \
    }

#define DELETE(name, symbol, parameters, arguments) \
    typedef void name##_fn parameters;              \
    name##_fn name __asm__(symbol);                 \
    void name parameters                            \
    {                                               \
        NEXT(name##_fn, symbol);                    \
        LEDGER_CALL(call);                          \
        ledger_gone(&call, block);                  \
        next arguments;                             \
    }

/* clang-format off */
#define PLAIN    (size_t bytes), (bytes)
#define NOTHROW  (size_t bytes, const void *nothrow), (bytes, nothrow)
#define ALIGNED  (size_t bytes, size_t alignment), (bytes, alignment)
#define ALIGNED_NOTHROW \
    (size_t bytes, size_t alignment, const void *nothrow), (bytes, alignment, nothrow)
#define OF(kind, name, symbol, ...) kind(name, symbol, __VA_ARGS__)

OF(NEW, new_one, "_Znwm", PLAIN)
OF(NEW, new_many, "_Znam", PLAIN)
OF(NEW, new_one_nothrow, "_ZnwmRKSt9nothrow_t", NOTHROW)
OF(NEW, new_many_nothrow, "_ZnamRKSt9nothrow_t", NOTHROW)
OF(NEW, new_one_aligned, "_ZnwmSt11align_val_t", ALIGNED)
OF(NEW, new_many_aligned, "_ZnamSt11align_val_t", ALIGNED)
OF(NEW, new_one_aligned_nothrow, "_ZnwmSt11align_val_tRKSt9nothrow_t", ALIGNED_NOTHROW)
OF(NEW, new_many_aligned_nothrow, "_ZnamSt11align_val_tRKSt9nothrow_t", ALIGNED_NOTHROW)

#define GONE         (void *block), (block)
#define GONE_SIZED   (void *block, size_t bytes), (block, bytes)
#define GONE_NOTHROW (void *block, const void *nothrow), (block, nothrow)
#define GONE_ALIGNED (void *block, size_t alignment), (block, alignment)
#define GONE_SIZED_ALIGNED \
    (void *block, size_t bytes, size_t alignment), (block, bytes, alignment)
#define GONE_ALIGNED_NOTHROW \
    (void *block, size_t alignment, const void *nothrow), (block, alignment, nothrow)

OF(DELETE, delete_one, "_ZdlPv", GONE)
OF(DELETE, delete_many, "_ZdaPv", GONE)
OF(DELETE, delete_one_sized, "_ZdlPvm", GONE_SIZED)
OF(DELETE, delete_many_sized, "_ZdaPvm", GONE_SIZED)
OF(DELETE, delete_one_nothrow, "_ZdlPvRKSt9nothrow_t", GONE_NOTHROW)
OF(DELETE, delete_many_nothrow, "_ZdaPvRKSt9nothrow_t", GONE_NOTHROW)
OF(DELETE, delete_one_aligned, "_ZdlPvSt11align_val_t", GONE_ALIGNED)
OF(DELETE, delete_many_aligned, "_ZdaPvSt11align_val_t", GONE_ALIGNED)
OF(DELETE, delete_one_sized_aligned, "_ZdlPvmSt11align_val_t", GONE_SIZED_ALIGNED)
OF(DELETE, delete_many_sized_aligned, "_ZdaPvmSt11align_val_t", GONE_SIZED_ALIGNED)
OF(DELETE, delete_one_aligned_nothrow, "_ZdlPvSt11align_val_tRKSt9nothrow_t", GONE_ALIGNED_NOTHROW)
OF(DELETE, delete_many_aligned_nothrow, "_ZdaPvSt11align_val_tRKSt9nothrow_t", GONE_ALIGNED_NOTHROW)
/* clang-format on */
