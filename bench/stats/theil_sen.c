#include "theil_sen.h"

#include <math.h>

#include "cleanup.h"
#include "exact.h"
#include "order.h"
#include "scratch.h"

struct slope theil_sen(const double *x, const double *y, size_t count, double side_alpha)
{
    struct slope result = {.slope = NAN, .low = -INFINITY, .high = INFINITY};
    AUTO_FREE double *slopes = scratch_doubles(count * count / 2);
    size_t points = 0;
    size_t pairs = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(x[i]) || isnan(y[i]))
            continue;
        points++;
        for (size_t j = i + 1; j < count; j++) {
            if (!isnan(x[j]) && !isnan(y[j]) && x[j] != x[i])
                slopes[pairs++] = (y[j] - y[i]) / (x[j] - x[i]);
        }
    }
    if (pairs == 0)
        return result;
    result.slope = order_quantile_sorted(slopes, order_sort(slopes, pairs), 0.5);
    size_t rank = exact_kendall_rank(points, side_alpha);
    if (rank > 0 && pairs == points * (points - 1) / 2) {
        result.low = slopes[rank - 1];
        result.high = slopes[pairs - rank];
    }
    return result;
}
