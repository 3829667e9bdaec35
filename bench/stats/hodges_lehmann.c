#include "hodges_lehmann.h"

#include <math.h>

#include "cleanup.h"
#include "exact.h"
#include "order.h"
#include "scratch.h"

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
    size_t rank = exact_mann_whitney_rank(count_a, count_b, side_alpha);
    count = order_sort(differences, count);
    struct shift result = {.shift = order_quantile_sorted(differences, count, 0.5),
                           .low = -INFINITY,
                           .high = INFINITY};
    if (count > 0 && rank > 0) {
        result.low = differences[rank - 1];
        result.high = differences[count - rank];
    }
    return result;
}
