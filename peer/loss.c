#include "loss.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

void loss_make(struct loss *loss, size_t bytes)
{
    void *volatile lost = malloc(bytes);
    if (!lost)
        return;
    (void)memset(lost, 0x1e, bytes);
    loss->blocks++;
    loss->bytes += (int64_t)malloc_usable_size(lost);
    lost = NULL; /* no copy of the pointer stays where a checker would find it */
}
