#include "null_malloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Stretches are given to threads in turn; what a thread's blocks begin in is small enough for a
 * cache, and blocks are as far apart as a small allocator's. */
enum { STRETCHES = 16, BEGINNINGS = 1 << 16, APART = 64 };

static char *all;
static _Atomic unsigned next_stretch;
static _Thread_local char *own;
static _Thread_local size_t at;

__attribute__((constructor)) static void reserve(void)
{
    all = mmap(NULL, STRETCHES * (NULL_MALLOC_BYTES + BEGINNINGS), PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (all == MAP_FAILED)
        abort();
}

void *null_malloc(size_t bytes)
{
    if (bytes > NULL_MALLOC_BYTES)
        return NULL;
    if (!own)
        own =
            all + atomic_fetch_add(&next_stretch, 1) % STRETCHES * (NULL_MALLOC_BYTES + BEGINNINGS);
    at = (at + APART) % BEGINNINGS;
    return own + at;
}

void *null_calloc(size_t count, size_t bytes)
{
    return null_malloc(count * bytes);
}

void *null_realloc(void *block, size_t bytes)
{
    (void)block;
    return null_malloc(bytes);
}

void *null_memalign(size_t alignment, size_t bytes)
{
    (void)alignment;
    return null_malloc(bytes);
}

void null_free(void *block)
{
    (void)block;
}
