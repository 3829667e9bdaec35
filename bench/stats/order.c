#include "order.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "cleanup.h"
#include "scratch.h"

enum { SELECT_PASSES_MAX = 100 };

static int compare_doubles(const void *left, const void *right);
static size_t leave_out_missing(double *values, size_t count);
static void select_rank(double *values, size_t count, size_t rank);
static double middle_of(double a, double b, double c);

size_t order_sort(double *values, size_t count)
{
    size_t present = leave_out_missing(values, count);
    if (present)
        qsort(values, present, sizeof *values, compare_doubles);
    return present;
}

/* Missing values last. */
static size_t leave_out_missing(double *values, size_t count)
{
    size_t present = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i]))
            continue;
        double value = values[i];
        values[i] = values[present];
        values[present++] = value;
    }
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
    assert(q >= 0 && q <= 1);
    size_t present = leave_out_missing(values, count);
    if (present == 0)
        return NAN;
    double position = q * (double)(present - 1);
    size_t below = (size_t)position;
    select_rank(values, present, below);
    if (below + 1 >= present)
        return values[below];
    double above = values[below + 1];
    for (size_t i = below + 2; i < present; i++)
        above = values[i] < above ? values[i] : above;
    return values[below] + (position - (double)below) * (above - values[below]);
}

double order_median(const double *values, size_t count)
{
    AUTO_FREE double *copy = scratch_copy(values, count);
    return order_quantile(copy, count, 0.5);
}

/* What is at `rank` when sorted goes there, smaller ones before it, larger ones after it.
 * Quickselect (Hoare 1961); an order that makes it slow is sorted instead. */
static void select_rank(double *values, size_t count, size_t rank)
{
    size_t begin = 0, end = count; /* where the wanted one is */
    for (int pass = 0; pass < SELECT_PASSES_MAX && end - begin > 1; pass++) {
        double pivot = middle_of(values[begin], values[begin + (end - begin) / 2], values[end - 1]);
        size_t low = begin, high = end - 1;
        while (low <= high) {
            while (values[low] < pivot)
                low++;
            while (values[high] > pivot)
                high--;
            if (low > high)
                break;
            double value = values[low];
            values[low++] = values[high];
            values[high] = value;
            if (high == 0)
                break;
            high--;
        }
        if (rank >= low)
            begin = low;
        else if (rank <= high)
            end = high + 1;
        else
            return;
    }
    if (end - begin > 1)
        qsort(values + begin, end - begin, sizeof *values, compare_doubles);
}

static double middle_of(double a, double b, double c)
{
    return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}
