#include "interval.h"

#include <assert.h>
#include <math.h>

#include "cleanup.h"
#include "scratch.h"
#include "student.h"

struct interval interval_of_mean(const struct mean *mean, double confidence)
{
    assert(confidence > 0 && confidence < 1);
    double half_width = NAN;
    if (mean->count >= 2) {
        double df = (double)(mean->count - 1);
        half_width = mean->standard_error * student_quantile((1 + confidence) / 2, df);
    }
    return (struct interval){.estimate = mean->mean,
                             .low = mean->mean - half_width,
                             .high = mean->mean + half_width,
                             .count = mean->count};
}

struct interval interval_mean(const double *values, size_t count, double confidence)
{
    struct mean mean = mean_of(values, count);
    return interval_of_mean(&mean, confidence);
}

struct interval interval_geometric_mean(const double *values, size_t count, double confidence)
{
    AUTO_FREE double *logs = scratch_doubles(count);
    size_t present = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i]))
            continue;
        if (values[i] <= 0)
            return (struct interval){.estimate = NAN, .low = NAN, .high = NAN};
        logs[present++] = log(values[i]);
    }
    struct interval result = interval_mean(logs, present, confidence);
    result.estimate = exp(result.estimate);
    result.low = exp(result.low);
    result.high = exp(result.high);
    return result;
}
