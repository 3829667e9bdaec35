/*
 * splitmix: a small seeded source of random numbers (splitmix64; Steele, Lea and Flood 2014), so
 * that an order, a load and a resampling are the same for ever.
 */
#pragma once

#include <stdint.h>

/* From one number to the next: the n-th of a seed is the first of seed + n * SPLITMIX_STEP. */
#define SPLITMIX_STEP UINT64_C(0x9e3779b97f4a7c15)

static inline uint64_t splitmix_next(uint64_t *state)
{
    uint64_t z = *state += SPLITMIX_STEP;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Uniform in 0 <= u < 1, 53 bits. */
static inline double splitmix_uniform(uint64_t *state)
{
    return (double)(splitmix_next(state) >> 11) * 0x1p-53;
}
