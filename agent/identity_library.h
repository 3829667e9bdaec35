/*
 * identity_library: the library whose blocks a program lives on, beside its own: it must be bound
 * to the same allocator, and identity.h proves that by its bindings and by a block that it takes.
 * Linked in by one of identity_<name>.c: `zmq` for peer and proxy, `plain` for a program that has
 * none.
 */
#pragma once

#include <stddef.h>

struct identity_library {
    const char *name;            /* "libzmq"; NULL: there is none */
    const char *block;           /* what it calls one: "message" */
    const void *(*inside)(void); /* an address in it */
    void *(*take)(size_t bytes); /* a block that it allocates; NULL: error() says why */
    void (*give_back)(void);     /* the one that was taken */
    const char *(*error)(void);
};

extern const struct identity_library identity_library;
