/*
 * latency: how long something took, again and again, and a quantile of that. It allocates nothing:
 * times are counted by octave, each cut into LATENCY_PARTS, so that a quantile is right within half
 * of such a part (1.6 %). Below a microsecond all are alike.
 */
#pragma once

#include <stdint.h>

enum { LATENCY_LEAST_BITS = 10, LATENCY_OCTAVES = 30, LATENCY_PARTS = 32 };

/* Zeroed is empty. */
struct latency {
    uint32_t seen[LATENCY_OCTAVES * LATENCY_PARTS];
    int64_t count;
};

void latency_add(struct latency *latency, int64_t ns);

/* The smallest time that a share `q` of all did not exceed; 0: there was none. */
int64_t latency_quantile_ns(const struct latency *latency, double q);
