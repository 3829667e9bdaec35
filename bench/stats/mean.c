#include "mean.h"

#include <math.h>

struct mean mean_of(const double *values, size_t count)
{
    struct mean result = {.mean = NAN, .standard_error = NAN};
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i]))
            continue;
        sum += values[i];
        result.count++;
    }
    if (result.count == 0)
        return result;
    double n = (double)result.count;
    result.mean = sum / n;
    if (result.count == 1)
        return result;
    double squares = 0;
    for (size_t i = 0; i < count; i++) {
        double distance = values[i] - result.mean;
        if (!isnan(distance))
            squares += distance * distance;
    }
    result.standard_error = sqrt(squares / (n - 1) / n);
    return result;
}
