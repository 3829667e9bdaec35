/* glibc's malloc as somebody else's, who loads a library when a block of 12345 bytes is asked for.
 */
#include <dlfcn.h>
#include <stddef.h>

enum { LOADS = 12345 };

extern void *__libc_malloc(size_t bytes); /* NOLINT(bugprone-reserved-identifier) */
void *malloc(size_t bytes);

void *malloc(size_t bytes)
{
    if (bytes == LOADS)
        (void)dlopen("libanl.so.1", RTLD_LAZY);
    return __libc_malloc(bytes);
}
