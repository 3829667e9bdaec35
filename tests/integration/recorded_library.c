/* A library that takes a block as it is loaded, before main where it is preloaded, and gives it
 * back as it goes: of a size that nobody else asks for. */
#include <stdlib.h>

static void *block;

__attribute__((constructor)) static void take_early(void)
{
    block = malloc(100003);
}

__attribute__((destructor)) static void give_late(void)
{
    free(block);
}
