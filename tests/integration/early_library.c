/* A library whose constructor takes blocks before main, and gives some back. */
#include <stdlib.h>

enum { TAKEN = 200, KEPT = 100, BLOCK_BYTES = 1000 };

extern void *early_blocks[TAKEN];
void *early_blocks[TAKEN];

__attribute__((constructor)) static void begin(void)
{
    for (int i = 0; i < TAKEN; i++)
        early_blocks[i] = malloc(BLOCK_BYTES);
    for (int i = KEPT; i < TAKEN; i++) {
        free(early_blocks[i]);
        early_blocks[i] = NULL;
    }
}
