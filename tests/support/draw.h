/*
 * draw: seeded random numbers for tests of statistics.
 */
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "splitmix.h"

/* Standard normal (Box and Muller 1958). */
static inline double draw_normal(uint64_t *state)
{
    double radius = sqrt(-2 * log(1 - splitmix_uniform(state)));
    return radius * cos(6.283185307179586 * splitmix_uniform(state));
}

static inline void draw_shuffle(uint64_t *state, double *values, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = splitmix_next(state) % i;
        double swapped = values[i - 1];
        values[i - 1] = values[j];
        values[j] = swapped;
    }
}
