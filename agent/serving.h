/*
 * serving: which allocator serves malloc in this process, found out from inside a preloaded object.
 *
 * The next malloc behind this object decides (dlsym RTLD_NEXT): a program that is not position
 * independent gives its own address for malloc (RTLD_DEFAULT names a PLT entry in python3 and
 * node), and one that is linked against another allocator has that loaded as well without being
 * served by it (redis). The row is the one whose functions lie in the object that serves.
 *
 * In a process that runs already there is nothing behind this object: the first object in the order
 * of loading that defines malloc serves, as the loader binds it.
 *
 * Called once, before main or at the attach; takes and gives back a block of 40 KiB, again where
 * other threads allocate meanwhile (more than thread caches hold, less than is mapped directly,
 * which would move glibc's threshold for good).
 */
#pragma once

#include <stddef.h>

#include "allocator.h"

enum { SERVING_TEXT_MAX = 512 };

struct serving {
    const struct allocator *row;     /* NULL: none that we know; `identity` says what is there */
    char identity[SERVING_TEXT_MAX]; /* the proof, or why there is none */
    char also[SERVING_TEXT_MAX];     /* objects that define malloc and do not serve it; "" */
};

/* Where to look for it. */
enum serving_way {
    SERVING_BEHIND_US, /* this object was preloaded before it */
    SERVING_ANYWHERE,  /* this object came later: the first in the order of loading that defines it
                        */
};

/* 0, or -EPERM with the reason in `identity`. */
int serving_find(enum serving_way way, struct serving *out);
