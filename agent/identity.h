/*
 * identity: which allocator really serves this process?
 *
 * A program that asks for jemalloc and runs on glibc looks like a result and is none: Debian's gcc
 * passes --as-needed and drops an unreferenced library in silence, an LD_PRELOAD of a missing file
 * is only a warning, a second allocator may serve half of the functions. identity_prove() refuses
 * all of these. It checks, in this order,
 *
 *   1. the row's own API is loaded, and malloc, free, calloc, realloc, posix_memalign,
 *      aligned_alloc, memalign, malloc_usable_size all live in the same object as that API;
 *   2. no other loaded object defines malloc as well (libc, and the sanitizer's, excepted);
 *   3. the malloc and free of the library it is linked with (identity_library.h: libzmq) are bound
 *      to that object (its relocations, read in memory);
 *   4. behaviour: a 96 KiB block of that library moves the row's live bytes by at least 96 KiB, or,
 * where it has no live counter, is owned by it; a strdup() block made inside libc likewise.
 *
 * Called once, first thing in main, before any thread exists. It is the only code of a subject that
 * may allocate for measurement, and it frees what it took.
 */
#pragma once

#include <stddef.h>

enum { IDENTITY_TEXT_MAX = 512 };

/* 0 and a sentence of proof ("malloc and its family in /usr/lib/…/libjemalloc.so.2, libzmq bound to
 * it, 96 KiB message seen"), or -EPERM and a sentence of what is wrong. */
int identity_prove(char *out_text, size_t size);
