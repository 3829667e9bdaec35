/*
 * grow: an array that gets one more element at a time. Its capacity is the power of two at or above
 * its count, so it needs no field of its own.
 *
 *     list = grow(list, count, sizeof *list);
 *     list[count++] = element;
 */
#pragma once

#include <stdlib.h>

/* Room for one more than `count`. Aborts when out of memory: the driver cannot go on. */
static inline void *grow(void *list, size_t count, size_t size)
{
    if (count & (count - 1))
        return list;
    void *larger = reallocarray(list, count ? 2 * count : 1, size);
    if (!larger)
        abort();
    return larger;
}
