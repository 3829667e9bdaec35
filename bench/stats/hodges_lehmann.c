#include "hodges_lehmann.h"

#include <math.h>

#include "cleanup.h"
#include "exact.h"
#include "order.h"
#include "scratch.h"

static struct shift shift_of(double *values, size_t count, size_t rank);

struct shift hodges_lehmann(const double *a, size_t count_a, const double *b, size_t count_b,
                            double side_alpha)
{
    AUTO_FREE double *left = scratch_copy(a, count_a);
    AUTO_FREE double *right = scratch_copy(b, count_b);
    count_a = order_sort(left, count_a);
    count_b = order_sort(right, count_b);
    AUTO_FREE double *differences = scratch_doubles(count_a * count_b);
    size_t count = 0;
    for (size_t i = 0; i < count_a; i++) {
        for (size_t j = 0; j < count_b; j++)
            differences[count++] = right[j] - left[i];
    }
    return shift_of(differences, count, exact_mann_whitney_rank(count_a, count_b, side_alpha));
}

struct shift hodges_lehmann_paired(const double *differences, size_t count, double side_alpha)
{
    AUTO_FREE double *values = scratch_copy(differences, count);
    count = order_sort(values, count);
    AUTO_FREE double *averages = scratch_doubles(count * (count + 1) / 2);
    size_t pairs = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i; j < count; j++)
            averages[pairs++] = (values[i] + values[j]) / 2;
    }
    return shift_of(averages, pairs, exact_wilcoxon_rank(count, side_alpha));
}

static struct shift shift_of(double *values, size_t count, size_t rank)
{
    struct shift result = {
        .shift = order_quantile(values, count, 0.5), .low = -INFINITY, .high = INFINITY};
    if (count > 0 && rank > 0) {
        result.low = values[rank - 1];
        result.high = values[count - rank];
    }
    return result;
}
