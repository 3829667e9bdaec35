/* A program with a heap of 2 MiB, and a library that leaves late. */
#include <stdlib.h>
#include <string.h>

#include "leaves_late.h"

enum { BLOCKS = 512, BYTES = 4096 };

int main(void)
{
    char *blocks[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(BYTES);
        if (!blocks[i])
            abort();
        (void)memset(blocks[i], 1, BYTES);
    }
    for (size_t i = 0; i < BLOCKS; i++)
        free(blocks[i]);
    return leaves_late();
}
