/*
 * serving: which allocator serves malloc in this process, found out from inside a preloaded object.
 *
 * The next malloc behind this object decides (dlsym RTLD_NEXT): a program that is not position
 * independent gives its own address for malloc (RTLD_DEFAULT names a PLT entry in python3 and
 * node), and one that is linked against another allocator has that loaded as well without being
 * served by it (redis). The row is the one whose functions lie in the object that serves.
 *
 * Called once, before main; takes and gives back one block of 40 KiB (more than thread caches hold,
 * less than is mapped directly, which would move glibc's threshold for good).
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

/* 0, or -EPERM with the reason in `identity`. */
int serving_find(struct serving *out);
