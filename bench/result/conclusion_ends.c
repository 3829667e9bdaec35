#include "conclusion_ends.h"

#include <inttypes.h>
#include <math.h>

#include "memory_stream.h"
#include "row_words.h"

static int64_t calls_of(const struct result_row *row)
{
    const struct pass *ledger = row->holding.ledger;
    return row_measured(row) && ledger && !ledger->unavailable ? ledger->calls : -1;
}

static bool counts_calls(const struct result_row *row)
{
    return calls_of(row) > 0;
}

static void say_calls(FILE *out, const struct result_workload *workload)
{
    const struct result_row *least = NULL, *most = NULL;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        if (!counts_calls(row))
            continue;
        least = !least || calls_of(row) < calls_of(least) ? row : least;
        most = !most || calls_of(row) > calls_of(most) ? row : most;
    }
    if (!least || row_count_of(workload, counts_calls) < 2)
        return;
    double apart = (double)(calls_of(most) - calls_of(least)) / (double)calls_of(most);
    if (calls_of(most) == calls_of(least))
        (void)fprintf(out, " It made %" PRId64 " calls of malloc and its like ", calls_of(most));
    else
        (void)fprintf(out,
                      " It made %" PRId64 " (%s) to %" PRId64 " (%s) calls of malloc and its like ",
                      calls_of(least), least->row->name, calls_of(most), most->row->name);
    row_say_where(out, workload, counts_calls);
    if (apart <= CONCLUSION_SAME_CALLS)
        (void)fputs(": all did the same work.", out);
    else
        (void)fprintf(out,
                      ", %.2g %% apart: the rows did not all do the same work, or the program "
                      "allocates by chance; compare with care.",
                      100 * apart);
}

char *conclusion_ends_text(const struct result_workload *workload)
{
    if (row_count_of(workload, row_measured) == 0)
        return NULL;
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    (void)fputs("The program ends by itself, so nothing is said of growth. At its peak it holds ",
                out);
    row_say_range(out, workload, row_measured, METRIC_RSS_ANON_PEAK, row_say_mib);
    (void)fputs(" of anonymous memory.", out);
    say_calls(out, workload);
    return memory_stream_close(&memory);
}
