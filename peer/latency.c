#include "latency.h"

#include <math.h>

enum { PART_BITS = 5, BUCKETS = LATENCY_OCTAVES * LATENCY_PARTS };
_Static_assert(1 << PART_BITS == LATENCY_PARTS, "an octave is cut by bits");

static int bucket_of(int64_t ns)
{
    if (ns < 1LL << LATENCY_LEAST_BITS)
        return 0;
    const int bits = 63 - __builtin_clzll((unsigned long long)ns);
    const int part = (int)(ns >> (bits - PART_BITS)) & (LATENCY_PARTS - 1);
    const int bucket = (bits - LATENCY_LEAST_BITS) * LATENCY_PARTS + part;
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static int64_t middle_of(int bucket)
{
    const int bits = LATENCY_LEAST_BITS + bucket / LATENCY_PARTS;
    const int64_t width_ns = INT64_C(1) << (bits - PART_BITS);
    return (1LL << bits) + bucket % LATENCY_PARTS * width_ns + width_ns / 2;
}

void latency_add(struct latency *latency, int64_t ns)
{
    latency->seen[bucket_of(ns)]++;
    latency->count++;
}

int64_t latency_quantile_ns(const struct latency *latency, double q)
{
    const int64_t wanted = (int64_t)ceil(q * (double)latency->count);
    int64_t seen = 0;
    for (int bucket = 0; bucket < BUCKETS && latency->count > 0; bucket++) {
        seen += latency->seen[bucket];
        if (seen >= wanted)
            return middle_of(bucket);
    }
    return 0;
}
