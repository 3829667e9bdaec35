#include "memory_curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"

const char *const memory_column_names[MEMORY_COLUMNS + 1] = {
    [MEMORY_CYCLE] = "cycle",
    [MEMORY_ELAPSED] = "elapsed_s",
    [MEMORY_LIVE] = "live_bytes",
    [MEMORY_HEAP] = "heap_bytes",
    [MEMORY_ALLOCATOR_RESIDENT] = "allocator_resident_bytes",
    [MEMORY_RSS] = "rss_bytes",
    [MEMORY_RSS_ANON] = "rss_anon_bytes",
    [MEMORY_LAZY_FREE] = "lazyfree_bytes",
    [MEMORY_ANON_HUGE] = "anon_huge_bytes",
    [MEMORY_SHMEM] = "shmem_bytes",
    [MEMORY_STACK] = "stack_bytes",
    [MEMORY_FILE] = "file_bytes",
    [MEMORY_SWAP] = "swap_bytes",
};

double *memory_curve_add(struct memory_curve *curve, enum memory_column column)
{
    if (!curve->column[column]) {
        curve->column[column] = scratch_doubles(curve->count);
        for (size_t i = 0; i < curve->count; i++)
            curve->column[column][i] = NAN;
    }
    return curve->column[column];
}

void memory_curve_drop_first(struct memory_curve *curve)
{
    if (curve->count == 0)
        return;
    curve->count--;
    for (size_t i = 0; i < MEMORY_COLUMNS; i++)
        if (curve->column[i])
            (void)memmove(curve->column[i], curve->column[i] + 1,
                          curve->count * sizeof *curve->column[i]);
}

void memory_curve_release(struct memory_curve *curve)
{
    for (size_t i = 0; i < MEMORY_COLUMNS; i++)
        free(curve->column[i]);
    *curve = (struct memory_curve){0};
}
