/*
 * An allocator of blocks from one mapping, none reused, under the names of one that cannot be had
 * here: rpmalloc's, with AS_SNMALLOC or AS_GOOGLE_TCMALLOC those of others. With THROUGH_LIBC it
 * only passes on to libc, which its proof of identity must notice.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

void *malloc(size_t bytes);
void free(void *block);
void *calloc(size_t count, size_t bytes);
void *realloc(void *block, size_t bytes);
void *memalign(size_t alignment, size_t bytes);
void *aligned_alloc(size_t alignment, size_t bytes);
int posix_memalign(void **out, size_t alignment, size_t bytes);
size_t malloc_usable_size(void *block);
extern void *__libc_memalign(size_t alignment, size_t bytes);

enum { HEADER_BYTES = 16, HEAP_BYTES = 64 << 20 };

static size_t live; /* bytes that were asked for and not yet freed */

#ifdef THROUGH_LIBC
static char *take(size_t alignment, size_t bytes)
{
    return __libc_memalign(alignment, bytes);
}
#else
static char *take(size_t alignment, size_t bytes)
{
    static char *heap;
    static size_t used;
    if (!heap)
        heap = mmap(NULL, HEAP_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t at =
        (__atomic_add_fetch(&used, bytes + alignment, __ATOMIC_RELAXED) - bytes) & ~(alignment - 1);
    return at + bytes > HEAP_BYTES ? NULL : heap + at;
}
#endif

/* The size stands before the block. */
void *memalign(size_t alignment, size_t bytes)
{
    size_t room = alignment > HEADER_BYTES ? alignment : HEADER_BYTES;
    char *block = take(room, room + bytes);
    if (!block)
        return NULL;
    *(size_t *)(void *)(block + room - HEADER_BYTES) = bytes;
    (void)__atomic_add_fetch(&live, bytes, __ATOMIC_RELAXED);
    return block + room;
}

void *malloc(size_t bytes)
{
    return memalign(HEADER_BYTES, bytes);
}

size_t malloc_usable_size(void *block)
{
    return block ? *(size_t *)(void *)((char *)block - HEADER_BYTES) : 0;
}

void free(void *block)
{
    (void)__atomic_sub_fetch(&live, malloc_usable_size(block), __ATOMIC_RELAXED);
}

void *calloc(size_t count, size_t bytes)
{
    void *block = malloc(count * bytes);
    return block ? memset(block, 0, count * bytes) : NULL;
}

void *realloc(void *block, size_t bytes)
{
    void *moved = malloc(bytes);
    size_t held = malloc_usable_size(block);
    if (moved && block)
        (void)memcpy(moved, block, held < bytes ? held : bytes);
    if (moved)
        free(block);
    return moved;
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    return memalign(alignment, bytes);
}

int posix_memalign(void **out, size_t alignment, size_t bytes)
{
    *out = memalign(alignment, bytes);
    return *out ? 0 : ENOMEM;
}

#if defined AS_SNMALLOC
void *__malloc_end_pointer(void *block);
void *__malloc_end_pointer(void *block)
{
    return (char *)block + malloc_usable_size(block);
}
#elif defined AS_GOOGLE_TCMALLOC
bool MallocExtension_Internal_GetNumericProperty(const char *name, size_t length, size_t *out);
bool MallocExtension_Internal_GetNumericProperty(const char *name, size_t length, size_t *out)
{
    static const char known[] = "generic.current_allocated_bytes";
    if (length != sizeof known - 1 || memcmp(name, known, length) != 0)
        return false;
    *out = live;
    return true;
}
#else
int rpmalloc_initialize(void *memory_interface);
int rpmalloc_initialize(void *memory_interface)
{
    (void)memory_interface;
    return 0;
}

void rpmalloc_thread_collect(void);
void rpmalloc_thread_collect(void)
{
}
#endif
