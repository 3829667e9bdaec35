#include "libc_books.h"

#include <dlfcn.h>
#include <malloc.h>

#include "allocator.h"

typedef struct mallinfo2 books_fn(void);

int64_t libc_books_live_bytes(void)
{
    static books_fn *books;
    if (!books) {
        void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
        books = libc ? (books_fn *)dlsym(libc, "mallinfo2") : NULL;
    }
    if (!books)
        return ALLOCATOR_NA;
    struct mallinfo2 now = books();
    return (int64_t)(now.uordblks + now.hblkhd);
}
