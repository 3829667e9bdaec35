#include "giving_back_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char giving_back_caption[] =
    "Giving back, in MiB: before (quiet) and after the release call. Less lazy: "
    "RSS without pages that are the kernel's for the asking (LazyFree).";

const char giving_back_curve_caption[] =
    "Anonymous RSS in MiB, seconds after the end of the load, while nothing happens and nobody "
    "asks.";

const double giving_back_moments[GIVING_BACK_MOMENTS] = {0, 1, 2, 5, 10, 15, 30, 60};

/* From this length of quiet on the curve is worth a table. */
static const double curve_seconds = 5.0;

char *giving_back_call(const struct result_workload *workload, size_t row)
{
    const struct result_row *rows = workload->rows;
    const struct result_holding *holding = &rows[row].holding;
    char *text = NULL;
    for (size_t i = 0; i < row; i++)
        if (rows[i].holding.call == holding->call ||
            strcmp(rows[i].row->allocator, rows[row].row->allocator) == 0)
            return NULL;
    if (!holding->call)
        return NULL;
    if (asprintf(&text, "%s: %s, called by the main thread, reaches %s.", rows[row].row->allocator,
                 holding->call, holding->reach ? holding->reach : "what it can") < 0)
        abort();
    return text;
}

size_t giving_back_moment_count(const struct result_workload *workload)
{
    double seconds = 0;
    size_t count = 0;
    for (size_t i = 0; i < workload->row_count; i++)
        seconds = fmax(seconds, workload->rows[i].giving_back.seconds);
    while (seconds >= curve_seconds && count < GIVING_BACK_MOMENTS &&
           giving_back_moments[count] <= seconds + 0.5)
        count++;
    return count;
}
