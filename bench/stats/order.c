#include "order.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "cleanup.h"
#include "scratch.h"

static int compare_doubles(const void *left, const void *right);

size_t order_sort(double *values, size_t count)
{
    size_t present = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i]))
            continue;
        double value = values[i];
        values[i] = values[present];
        values[present++] = value;
    }
    if (present)
        qsort(values, present, sizeof *values, compare_doubles);
    return present;
}

double order_quantile_sorted(const double *sorted, size_t count, double q)
{
    assert(q >= 0 && q <= 1);
    if (count == 0)
        return NAN;
    double position = q * (double)(count - 1);
    size_t below = (size_t)position;
    if (below + 1 >= count)
        return sorted[count - 1];
    return sorted[below] + (position - (double)below) * (sorted[below + 1] - sorted[below]);
}

double order_quantile(double *values, size_t count, double q)
{
    return order_quantile_sorted(values, order_sort(values, count), q);
}

double order_median(const double *values, size_t count)
{
    AUTO_FREE double *copy = scratch_copy(values, count);
    return order_quantile(copy, count, 0.5);
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}
