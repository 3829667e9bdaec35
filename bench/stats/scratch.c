#include "scratch.h"

#include <stdlib.h>
#include <string.h>

double *scratch_doubles(size_t count)
{
    double *room = reallocarray(NULL, count ? count : 1, sizeof *room);
    if (!room)
        abort();
    return room;
}

double *scratch_copy(const double *values, size_t count)
{
    double *copy = scratch_doubles(count);
    if (count)
        memcpy(copy, values, count * sizeof *copy);
    return copy;
}
