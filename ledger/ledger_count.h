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
    bool outermost; /* only then it is counted */
};

struct ledger_call ledger_enter(void);
void ledger_leave(struct ledger_call *call);

#define LEDGER_CALL(name) \
    __attribute__((cleanup(ledger_leave))) struct ledger_call name = ledger_enter()

/* Each counts one call; NULL blocks are nothing. Those that return something return the block. */
void *ledger_new(const struct ledger_call *call, void *block, size_t requested);
void ledger_gone(const struct ledger_call *call, void *block);
void *ledger_moved(const struct ledger_call *call, void *block, size_t usable_before, void *moved,
                   size_t requested);
