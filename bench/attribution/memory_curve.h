/*
 * memory_curve: what is known of a process's memory along its work, as named columns.
 *
 * Every column may be missing (NULL) or empty in places (NaN), but for the cycle, which every row
 * has. Who has a curve (a trial, a log file, a look at a living process) fills in what it knows;
 * attribution.h says what follows from it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "cleanup.h"

enum memory_column {
    MEMORY_CYCLE,
    MEMORY_ELAPSED,            /* seconds */
    MEMORY_LIVE,               /* handed out by the allocator and not freed */
    MEMORY_HEAP,               /* committed by the allocator: its books; never address space */
    MEMORY_ALLOCATOR_RESIDENT, /* what the allocator itself believes is resident of that */
    MEMORY_RSS,
    MEMORY_RSS_ANON,
    MEMORY_LAZY_FREE, /* given back by MADV_FREE: resident, but the kernel's for the asking */
    MEMORY_ANON_HUGE,
    MEMORY_SHMEM, /* memfd, shmem, tmpfs */
    MEMORY_STACK, /* of all threads, as far as resident */
    MEMORY_FILE,
    MEMORY_SWAP,
    MEMORY_COLUMNS
};
/* "cycle", "elapsed_s", "live_bytes", …, NULL. */
extern const char *const memory_column_names[MEMORY_COLUMNS + 1];

struct memory_curve {
    double *column[MEMORY_COLUMNS]; /* owned, `count` values each, or NULL */
    size_t count;
    /* Huge pages at the end, and pages of zeros within them: no more of them is padding. */
    bool padding_told;
    double padded_bytes, padding_bytes;
    /* Live and the books are told but for what they were at first: growth is judged, no level. */
    bool growth_alone;
};

/* Gives the curve this column, all NaN, if it has none. Returns it. Aborts without memory. */
double *memory_curve_add(struct memory_curve *curve, enum memory_column column);

/* NaN where the curve does not say. */
static inline double memory_curve_at(const struct memory_curve *curve, enum memory_column column,
                                     size_t row)
{
    return curve->column[column] ? curve->column[column][row] : __builtin_nan("");
}

/* Without its first point. */
void memory_curve_drop_first(struct memory_curve *curve);

void memory_curve_release(struct memory_curve *curve);
DEFINE_AUTO(memory_curve, memory_curve_release)
