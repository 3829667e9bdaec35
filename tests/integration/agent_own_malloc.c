/* A program that brings its own malloc: no allocator can be put under it. */
#include <stddef.h>
#include <unistd.h>

enum { POOL_BYTES = 1 << 20 };

static _Alignas(16) char pool[POOL_BYTES];
static size_t used;

void *malloc(size_t bytes);
void free(void *block);

void *malloc(size_t bytes)
{
    size_t rounded = (bytes + 15) & ~(size_t)15;
    if (rounded < bytes || rounded > POOL_BYTES - used)
        return NULL;
    used += rounded;
    return pool + used - rounded;
}

void free(void *block)
{
    (void)block;
}

int main(void)
{
    char letter = '\0';
    return read(STDIN_FILENO, &letter, 1) < 0 || malloc(1) == NULL;
}
