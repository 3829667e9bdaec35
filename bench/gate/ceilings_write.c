#include "ceilings_write.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "cleanup.h"
#include "mean.h"
#include "order.h"
#include "units.h"

#define LEAST_MARGIN 0.10

/* Sizes are rounded up to this, so that files do not differ in what means nothing. */
#define ROUND_BYTES 65536.0

/* VmHWM is approximate. */
#define PEAK_SLACK_BYTES 262144.0

enum { FACTORS_FROM = CEILINGS_BLOCKS, TEXT_SIZE = 48 };

/* Exact, from the noncentral t distribution, rounded up. */
static const double factors[] = {2.911, 2.815, 2.737, 2.671, 2.615, 2.567, 2.524,
                                 2.487, 2.453, 2.424, 2.397, 2.372, 2.349, 2.329,
                                 2.310, 2.292, 2.276, 2.261, 2.246, 2.233, 2.220};

/* Growth is rounded up to this, and is never held to less. */
#define ROUND_BYTES_PER_CYCLE 64.0

static const enum metric_id written[] = {
    METRIC_RSS_ANON_PLATEAU, METRIC_RSS_ANON_PEAK,  METRIC_LIVE_END,
    METRIC_KEPT_END,         METRIC_OUTSIDE_END,    METRIC_RSS_ANON_PER_CYCLE,
    METRIC_LIVE_PER_CYCLE,   METRIC_KEPT_PER_CYCLE, METRIC_OUTSIDE_PER_CYCLE,
};

static int check_names(const struct result *result, const char *const *rows, struct err *err);
static int check_blocks(const struct result *result, const char *const *rows, struct err *err);
static bool is_wanted(const char *const *rows, const struct result_row *row);
static void write_head(const struct result *result, FILE *out);
static void write_row(const struct result_workload *workload, const struct result_row *row,
                      FILE *out);

double ceilings_tolerance_factor(size_t count)
{
    size_t index = count - FACTORS_FROM;
    return factors[index < ARRAY_LENGTH(factors) ? index : ARRAY_LENGTH(factors) - 1];
}

static double deviation_of(const struct mean *mean)
{
    return mean->standard_error * sqrt((double)mean->count);
}

double ceilings_over(const double *values, size_t count)
{
    struct mean mean = mean_of(values, count);
    if (mean.count < CEILINGS_BLOCKS)
        return NAN;
    double tolerated = mean.mean + ceilings_tolerance_factor(mean.count) * deviation_of(&mean);
    return fmax(tolerated, (1 + LEAST_MARGIN) * order_median(values, count));
}

int ceilings_write(const struct result *result, const char *const *rows, FILE *out, struct err *err)
{
    int code = check_names(result, rows, err);
    if (code == 0)
        code = check_blocks(result, rows, err);
    if (code < 0)
        return code;
    write_head(result, out);
    for (size_t w = 0; w < result->workload_count; w++)
        for (size_t r = 0; r < result->workloads[w].row_count; r++)
            if (is_wanted(rows, &result->workloads[w].rows[r]))
                write_row(&result->workloads[w], &result->workloads[w].rows[r], out);
    return 0;
}

static int check_names(const struct result *result, const char *const *rows, struct err *err)
{
    const struct run *run = &result->stored->run;
    for (; rows && *rows; rows++) {
        size_t i = 0;
        while (i < run->row_count && strcmp(run->rows[i].name, *rows) != 0)
            i++;
        if (i == run->row_count)
            return err_set(err, -ENOENT, "row '%s' is not in this run", *rows);
    }
    return 0;
}

static bool is_wanted(const char *const *rows, const struct result_row *row)
{
    const char *const *name = rows;
    while (name && *name && strcmp(*name, row->row->name) != 0)
        name++;
    return !name || *name;
}

static int check_blocks(const struct result *result, const char *const *rows, struct err *err)
{
    for (size_t w = 0; w < result->workload_count; w++) {
        for (size_t r = 0; r < result->workloads[w].row_count; r++) {
            const struct result_row *row = &result->workloads[w].rows[r];
            if (is_wanted(rows, row) && row->valid < CEILINGS_BLOCKS)
                return err_set(err, -ENODATA,
                               "%s under %s has %zu valid blocks; a ceiling takes %d: run it with "
                               "-r %d",
                               row->row->name, result->workloads[w].workload->name, row->valid,
                               CEILINGS_BLOCKS, CEILINGS_BLOCKS);
        }
    }
    return 0;
}

static void write_head(const struct result *result, FILE *out)
{
    const struct run *run = &result->stored->run;
    (void)fprintf(out,
                  "# For `heapchurn check`, written by `heapchurn ceilings` from the run of %s\n"
                  "# on %s, Linux %s, %s,\n"
                  "# THP %s, %s, libzmq %s, %" PRId64 " blocks.\n"
                  "#\n"
                  "# at_most is mean + k sd (95 %% of runs stay below with 95 %% confidence), at "
                  "least 10 %% above\n"
                  "# the median, rounded up to 64 KiB. Peaks get 256 KiB more, and only warn. "
                  "Growth per cycle is\n"
                  "# rounded up to 64 B.\n"
                  "ceilings:\n",
                  run->started_utc, run->host.distribution, run->host.kernel, run->host.cpu_model,
                  run->host.thp, run->host.libc, run->host.libzmq, run->blocks);
}

static void write_ceiling(const struct result_workload *workload, const struct result_row *row,
                          const struct result_subject *subject, enum metric_id metric, FILE *out)
{
    const struct estimate *estimate = &subject->metric[metric];
    struct mean mean = mean_of(estimate->values, estimate->count);
    double over = ceilings_over(estimate->values, estimate->count);
    char median[TEXT_SIZE], middle[TEXT_SIZE], deviation[TEXT_SIZE];
    if (isnan(over)) {
        (void)fprintf(out, "  # %s, %s, %s: %s is not available in enough blocks\n",
                      workload->workload->name, row->row->name, subject->name, metrics[metric].key);
        return;
    }
    bool by_margin = over > mean.mean + ceilings_tolerance_factor(mean.count) * deviation_of(&mean);
    double peak_slack = metric == METRIC_RSS_ANON_PEAK ? PEAK_SLACK_BYTES : 0;
    bool rate = metrics[metric].unit == UNIT_BYTES_PER_CYCLE;
    double step = rate ? ROUND_BYTES_PER_CYCLE : ROUND_BYTES;
    double rounded = fmax(1, ceil((over + peak_slack) / step)) * step;
    (void)fprintf(out, "  # median %s, mean %s, sd %s, %zu blocks, k %.3f: %s rules\n",
                  units_format_bytes(estimate->median, median, sizeof median),
                  units_format_bytes(mean.mean, middle, sizeof middle),
                  units_format_bytes(deviation_of(&mean), deviation, sizeof deviation), mean.count,
                  ceilings_tolerance_factor(mean.count),
                  by_margin ? "10 % above the median" : "mean + k sd");
    (void)fprintf(out,
                  "  - workload: %s\n    row: %s\n    subject: %s\n    metric: %s\n"
                  "    at_most: %.0f %s\n",
                  workload->workload->name, row->row->name, subject->name, metrics[metric].key,
                  rate ? rounded : rounded / 1024, rate ? "B" : "KiB");
}

static void write_row(const struct result_workload *workload, const struct result_row *row,
                      FILE *out)
{
    for (size_t role = 0; role < row->subject_count; role++) {
        const struct result_subject *subject = &row->subjects[role];
        if (result_leaks(subject)) {
            (void)fprintf(out,
                          "  # %s, %s, %s leaks, and growth has no level: mend it, or list it "
                          "under leaks_expected.\n",
                          workload->workload->name, row->row->name, subject->name);
            continue;
        }
        for (size_t i = 0; i < ARRAY_LENGTH(written); i++)
            write_ceiling(workload, row, subject, written[i], out);
    }
}
