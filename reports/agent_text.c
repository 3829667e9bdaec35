#include "agent_text.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "cleanup.h"
#include "number.h"
#include "order.h"

enum { TRIALS_MAX = 256 };

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

/* "28.0 + 316 KiB, 9.10 us"; false: no agent has told. */
static bool figures(const struct result_row *row, char *out, size_t size)
{
    const double kib = 1024, us = 1000;
    char begin[NUMBER_TEXT_MAX], first[NUMBER_TEXT_MAX], cpu[NUMBER_TEXT_MAX];
    if (isnan(median(row, "agent_requests", NULL)))
        return false;
    (void)snprintf(
        out, size, "%s + %s KiB, %s us",
        number_format(median(row, "agent_begin_bytes", NULL) / kib, begin, sizeof begin),
        number_format(median(row, "agent_first_stats_bytes", NULL) / kib, first, sizeof first),
        number_format(median(row, "agent_cpu_ns", "agent_requests") / us, cpu, sizeof cpu));
    return true;
}

char *agent_text(const struct result_workload *workload)
{
    char *text = NULL;
    char row[128];
    size_t size = 0, told = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        abort();
    (void)fputs("What the agent took itself in the process that was started, before the baseline: "
                "resident when it had begun + after the allocator's first statistics; and its CPU "
                "time per request: ",
                out);
    for (size_t i = 0; i < workload->row_count; i++)
        if (figures(&workload->rows[i], row, sizeof row))
            (void)fprintf(out, "%s%s %s", told++ ? "; " : "", workload->rows[i].row->name, row);
    if (fclose(out) != 0)
        abort();
    if (told)
        return text;
    free(text);
    return NULL;
}
