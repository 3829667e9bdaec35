#include "agent_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "memory_stream.h"
#include "number.h"
#include "order.h"

enum { TRIALS_MAX = 256, KIB = 1024, NS_PER_US = 1000 };

/* Median of a counter over the valid trials; NaN: none has it. */
static double median(const struct result_row *row, const char *name, const char *per)
{
    double values[TRIALS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < row->valid && count < TRIALS_MAX; i++) {
        const struct record_role *role = record_primary(row->records[i]);
        int64_t value = record_counter(role, name);
        int64_t divisor = per ? record_counter(role, per) : 1;
        if (value >= 0 && divisor > 0)
            values[count++] = (double)value / (double)divisor;
    }
    return count ? order_median(values, count) : NAN;
}

/* Over all rows, and on which of them. */
struct range {
    double least, most; /* NaN: no row has told */
    const char *least_row, *most_row;
};

static void widen(struct range *range, const struct result_row *row, double value)
{
    if (value < range->least || (isnan(range->least) && !isnan(value))) {
        range->least = value;
        range->least_row = row->row->name;
    }
    if (value > range->most || (isnan(range->most) && !isnan(value))) {
        range->most = value;
        range->most_row = row->row->name;
    }
}

/* "44.0 (mimalloc) to 428 KiB (jemalloc)", or one number. */
static void put_range(FILE *out, const struct range *range, double unit, const char *name)
{
    char least[NUMBER_TEXT_MAX], most[NUMBER_TEXT_MAX];
    (void)number_format(range->least / unit, least, sizeof least);
    (void)number_format(range->most / unit, most, sizeof most);
    if (strcmp(least, most) == 0)
        (void)fprintf(out, "%s %s", least, name);
    else
        (void)fprintf(out, "%s (%s) to %s %s (%s)", least, range->least_row, most, name,
                      range->most_row);
}

char *agent_text(const struct result_workload *workload)
{
    struct range begin = {.least = NAN, .most = NAN}, first = begin, cpu = begin;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        if (isnan(median(row, "agent_requests", NULL)))
            continue;
        widen(&begin, row, median(row, "agent_begin_bytes", NULL));
        widen(&first, row, median(row, "agent_first_stats_bytes", NULL));
        widen(&cpu, row, median(row, "agent_cpu_ns", "agent_requests"));
    }
    if (isnan(begin.least))
        return NULL;
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    (void)fputs("The agent itself took, in the process that was started and before the baseline, ",
                out);
    put_range(out, &begin, KIB, "KiB");
    if (first.most > 0) {
        (void)fputs(", and for the allocator's first statistics ", out);
        put_range(out, &first, KIB, "KiB");
    }
    (void)fputs("; then, each time it is asked, ", out);
    put_range(out, &cpu, NS_PER_US, "us of CPU time");
    return memory_stream_close(&memory);
}
