/* A library whose calls are known: where they are, what they are called, and on which line. */
#include "named_object.h"

struct named_call named_call;

__attribute__((noinline)) static void note(void)
{
    named_call.address = (const char *)__builtin_return_address(0) - 1;
}

__attribute__((always_inline)) static inline void inlined(void)
{
    note(), named_call.line = __LINE__;
}

void named_outer(void)
{
    inlined(), named_call.outer_line = __LINE__;
}
