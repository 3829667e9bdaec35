#include "exact.h"

#include <string.h>

#include "cleanup.h"
#include "scratch.h"

static size_t rank_within(const double *weight, size_t length, double total, double side_alpha);
static double *zeros(size_t count);

/* Inserting the k-th element makes 0 … k-1 new inversions, each as likely. */
size_t exact_kendall_rank(size_t count, double side_alpha)
{
    size_t length = count < 2 ? 1 : count * (count - 1) / 2 + 1;
    AUTO_FREE double *probability = zeros(length);
    AUTO_FREE double *next = scratch_doubles(length);
    size_t used = 1;
    probability[0] = 1;
    for (size_t k = 2; k <= count; k++) {
        memset(next, 0, length * sizeof *next);
        for (size_t i = 0; i < used; i++) {
            for (size_t j = 0; j < k; j++)
                next[i + j] += probability[i] / (double)k;
        }
        used += k - 1;
        memcpy(probability, next, length * sizeof *next);
    }
    return rank_within(probability, length, 1, side_alpha);
}

/* ways[k][u]: choices of k of the ranks seen so far with u pairs in the "wrong" order. The rank at
 * position r, taken as the k-th, comes after r - k that were not taken. */
size_t exact_mann_whitney_rank(size_t count_a, size_t count_b, double side_alpha)
{
    size_t length = count_a * count_b + 1;
    AUTO_FREE double *ways = zeros((count_a + 1) * length);
    ways[0] = 1;
    for (size_t r = 1; r <= count_a + count_b; r++) {
        for (size_t k = r < count_a ? r : count_a; k >= 1; k--) {
            double *row = ways + k * length;
            const double *fewer = row - length;
            for (size_t u = r - k; u < length; u++)
                row[u] += fewer[u - (r - k)];
        }
    }
    const double *all = ways + count_a * length;
    double total = 0;
    for (size_t u = 0; u < length; u++)
        total += all[u];
    return rank_within(all, length, total, side_alpha);
}

static size_t rank_within(const double *weight, size_t length, double total, double side_alpha)
{
    /* Room for rounding in sums that are exactly at the limit in theory. */
    double allowed = (side_alpha + 1e-12) * total;
    double sum = 0;
    size_t rank = 0;
    while (rank < length && sum + weight[rank] <= allowed)
        sum += weight[rank++];
    return rank;
}

static double *zeros(size_t count)
{
    double *values = scratch_doubles(count);
    memset(values, 0, count * sizeof *values);
    return values;
}
