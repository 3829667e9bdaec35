/*
 * named_object: a library whose calls are known. Beside it are copies of it: stripped, and stripped
 * with a link to its debug information.
 */
#pragma once

/* Set by named_outer(): a call in inlined(), which is inlined into it. */
extern struct named_call {
    const char *address;
    int line, outer_line;
} named_call;

/* A C++ function, to a linker: name::outer(int). */
void named_outer(void) __asm__("_ZN4name5outerEi");
