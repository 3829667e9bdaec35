#include "threads_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "cleanup.h"
#include "number.h"
#include "order.h"
#include "row_words.h"

#define MIB (1024.0 * 1024.0)
#define MS  1e6

/* A metric, or a counter of the subject's own, for each cycle or as it is. */
static const struct {
    int metric;
    const char *counter;
    bool per_cycle;
    double unit;
} lines[THREADS_LINES] = {
    {METRIC_RSS_ANON_PEAK, NULL, false, MIB},      {METRIC_RSS_ANON_QUIET, NULL, false, MIB},
    {METRIC_CPU_PER_1000_CYCLES, NULL, false, MS}, {METRIC_COUNT, "built_in_p50_ns", false, MS},
    {METRIC_COUNT, "built_in_p99_ns", false, MS},  {METRIC_MINOR_FAULTS_PER_CYCLE, NULL, false, 1},
    {METRIC_COUNT, "context_switches", true, 1},
};

const char *const threads_line_names[THREADS_LINES] = {
    "peak, MiB",        "quiet, MiB",       "CPU ms/1000",        "built in p50, ms",
    "built in p99, ms", "faults per cycle", "switches per cycle",
};

void threads_table_build(const struct result *result, struct threads_table *out)
{
    out->count = 0;
    for (size_t i = 0; i < result->workload_count && out->count < THREADS_WORKLOADS_MAX; i++) {
        const struct result_workload *workload = &result->workloads[i];
        int64_t threads = workload->workload->workers.count;
        size_t at = out->count;
        if (threads == 0)
            continue;
        for (; at > 0 && out->workloads[at - 1]->workload->workers.count > threads; at--)
            out->workloads[at] = out->workloads[at - 1];
        out->workloads[at] = workload;
        out->count++;
    }
}

static double counted(const struct result_row *row, size_t line)
{
    AUTO_FREE double *values = calloc(row->valid + 1, sizeof *values);
    if (!values)
        abort();
    for (size_t i = 0; i < row->valid; i++) {
        const struct record *record = row->records[i];
        int64_t count = record_counter(record_primary(record), lines[line].counter);
        double of = lines[line].per_cycle ? (double)record->cycles_done : 1;
        values[i] = count < 0 ? NAN : (double)count / of;
    }
    return order_median(values, row->valid);
}

const char *threads_cell(const struct threads_table *table, size_t line, size_t row,
                         size_t workload, char *out, size_t size)
{
    const struct result_row *of = &table->workloads[workload]->rows[row];
    double value = !row_measured(of) ? NAN
                   : lines[line].counter
                       ? counted(of, line)
                       : of->subjects[RECORD_PRIMARY].metric[lines[line].metric].median;
    if (isnan(value)) {
        (void)snprintf(out, size, "n/a");
        return out;
    }
    return number_format(value / lines[line].unit, out, size);
}

const char *threads_heading(const struct threads_table *table, size_t workload, char *out,
                            size_t size)
{
    int64_t threads = table->workloads[workload]->workload->workers.count;
    (void)snprintf(out, size, "%" PRId64 " thread%s", threads, threads == 1 ? "" : "s");
    return out;
}

static double peak_of(const struct threads_table *table, size_t workload, size_t row)
{
    const struct result_row *of = &table->workloads[workload]->rows[row];
    return row_measured(of) ? of->subjects[RECORD_PRIMARY].metric[METRIC_RSS_ANON_PEAK].median
                            : NAN;
}

const char *threads_growth(const struct threads_table *table, char *out, size_t size)
{
    const size_t last = table->count - 1;
    size_t used = 0, told = 0;
    out[0] = '\0';
    if (table->count < 2)
        return out;
    used = (size_t)snprintf(out, size, "Peak of %" PRId64 " threads against %" PRId64 ":",
                            table->workloads[last]->workload->workers.count,
                            table->workloads[0]->workload->workers.count);
    for (size_t r = 0; r < table->workloads[0]->row_count && used < size; r++) {
        const double times = peak_of(table, last, r) / peak_of(table, 0, r);
        if (isnan(times))
            continue;
        used += (size_t)snprintf(out + used, size - used, "%s %s %.1f", told++ ? "," : "",
                                 table->workloads[0]->rows[r].row->name, times);
    }
    if (told == 0)
        out[0] = '\0';
    else if (used < size)
        (void)snprintf(out + used, size - used, " times.");
    return out;
}

const char *threads_caption(const struct result *result, char *out, size_t size)
{
    const int64_t cores = result->stored->run.host.cores;
    char where[200];
    if (cores > 2)
        (void)snprintf(where, sizeof where,
                       "the subjects may use %" PRId64 " of %" PRId64 " cores, driver and load use "
                       "the other one",
                       cores - 1, cores);
    else if (cores == 2)
        (void)snprintf(where, sizeof where,
                       "on this machine of 2 cores subjects and load share both");
    else
        (void)snprintf(where, sizeof where, "all share the one core there is");
    (void)snprintf(out, size,
                   "Threads: workers of the subject that build the blocks of sessions and "
                   "free each other's; the work is the same for any number of them. Anonymous RSS "
                   "at its peak and after the quiet time; CPU, faults and context switches of all "
                   "its threads; how long it took until all parts of a session were built; medians "
                   "over blocks. Here %s; more threads than that wait for one another.",
                   where);
    return out;
}
