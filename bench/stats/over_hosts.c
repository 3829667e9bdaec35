#include "over_hosts.h"

#include <math.h>
#include <stdlib.h>

#include "cleanup.h"
#include "interval.h"
#include "scratch.h"
#include "student.h"

static void take_means(const double *values, const size_t *host_of, size_t count, size_t host_count,
                       struct over_host *each)
{
    for (size_t h = 0; h < host_count; h++)
        each[h] = (struct over_host){.low = NAN, .high = NAN};
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i]))
            continue;
        each[host_of[i]].mean += values[i];
        each[host_of[i]].blocks++;
    }
    for (size_t h = 0; h < host_count; h++)
        each[h].mean = each[h].blocks ? each[h].mean / (double)each[h].blocks : NAN;
}

/* Sum of squares of blocks around the mean of their host. */
static double within(const double *values, const size_t *host_of, size_t count,
                     const struct over_host *each)
{
    double squares = 0;
    for (size_t i = 0; i < count; i++) {
        double distance = values[i] - each[host_of[i]].mean;
        if (!isnan(distance))
            squares += distance * distance;
    }
    return squares;
}

/* Sum of squares of host means around the mean of all blocks. */
static double between(const struct over_host *each, size_t host_count, size_t blocks)
{
    double sum = 0, squares = 0;
    for (size_t h = 0; h < host_count; h++)
        if (each[h].blocks)
            sum += each[h].mean * (double)each[h].blocks;
    for (size_t h = 0; h < host_count; h++) {
        double distance = each[h].mean - sum / (double)blocks;
        if (each[h].blocks)
            squares += (double)each[h].blocks * distance * distance;
    }
    return squares;
}

void over_hosts(const double *values, const size_t *host_of, size_t count, size_t host_count,
                struct over_host *out_each, struct over_hosts *out)
{
    AUTO_FREE double *means = scratch_doubles(host_count);
    double inverse = 0; /* Σ 1/n_h */
    *out = (struct over_hosts){.standard_error = NAN, .between_p = NAN};
    take_means(values, host_of, count, host_count, out_each);
    for (size_t h = 0; h < host_count; h++) {
        means[h] = out_each[h].mean;
        out->hosts += out_each[h].blocks > 0;
        out->blocks += out_each[h].blocks;
        inverse += out_each[h].blocks ? 1 / (double)out_each[h].blocks : 0;
    }
    struct interval hosts = interval_mean(means, host_count, 0.95);
    out->mean = hosts.estimate;
    out->low = hosts.low;
    out->high = hosts.high;
    if (out->blocks <= out->hosts)
        return;
    out->degrees = (double)(out->blocks - out->hosts);
    double variance = within(values, host_of, count, out_each) / out->degrees;
    out->standard_error = sqrt(variance * inverse) / (double)out->hosts;
    double reach = student_quantile(0.975, out->degrees);
    for (size_t h = 0; h < host_count; h++) {
        double error = sqrt(variance / (double)out_each[h].blocks);
        out_each[h].low = out_each[h].mean - reach * error;
        out_each[h].high = out_each[h].mean + reach * error;
    }
    double degrees_between = (double)out->hosts - 1;
    if (out->hosts < 2 || !(variance > 0))
        return;
    double ratio = between(out_each, host_count, out->blocks) / degrees_between / variance;
    out->between_p = fisher_upper_tail(ratio, degrees_between, out->degrees);
}
