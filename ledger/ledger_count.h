/*
 * ledger_count: the counters, and the bracket around every call that is passed on. Internal.
 *
 *     LEDGER_CALL(call);                              a call begins; it ends with the scope,
 *     return ledger_new(&call, next(bytes), bytes);   also when operator new throws through it
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ledger_call {
    /* Only then it is counted: an allocator's calls of itself are not. The loader's within them
     * are, as when it binds a name for the allocator: what it takes it gives back at another time.
     */
    bool outermost;
};

struct ledger_call ledger_enter(const void *caller);
void ledger_leave(struct ledger_call *call);

#define LEDGER_CALL(name)                                            \
    __attribute__((cleanup(ledger_leave))) struct ledger_call name = \
        ledger_enter(__builtin_return_address(0))

/* Each counts one call; NULL blocks are nothing. Those that return something return the block. */
void *ledger_new(const struct ledger_call *call, void *block, size_t requested);
void ledger_gone(const struct ledger_call *call, void *block);
void *ledger_moved(const struct ledger_call *call, void *block, size_t usable_before, void *moved,
                   size_t requested);
