/*
 * libc_books: how much libc's own malloc has lent out. Where another allocator serves the process
 * that must not move; of an allocator that tells neither live bytes nor whose a pointer is, this
 * proves that it is not libc that serves behind it.
 */
#pragma once

#include <stdint.h>

/* Bytes live in libc's own heap, whoever serves malloc and mallinfo2; ALLOCATOR_NA: not known. May
 * allocate the first time. */
int64_t libc_books_live_bytes(void);
