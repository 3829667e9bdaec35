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

#define NEW_ALIGNED NEW

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

#include "cxx_operators.inc"
