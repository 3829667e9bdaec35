/*
 * collect: the cells of a run, brought together (bring_cells.h), and what is still missing.
 */
#pragma once

#include "bring_cells.h"
#include "measure.h"

struct collected {
    struct bring_cells bring;
    struct stored_run stored; /* an outline, as it was before */
    int64_t cells;            /* of the plan */
    char *notes;              /* one line for each thing that is odd, "" when none is */
};

/* The folder is locked by the caller. 0 also when cells are missing or refused: `out` says which.
 * -EINVAL: nothing there can be collected. */
int collect(const char *dir, const struct measure_observer *observer, struct collected *out,
            struct err *err);

void collected_release(struct collected *collected);
DEFINE_AUTO(collected, collected_release)

/* "cells 6, 9 to 12 are missing", NULL: none is. And for each what is known of it, a line. The
 * caller frees. */
char *collected_missing(const char *dir, const struct collected *collected);

/* "6 9 10 11 12", as arguments. The caller frees. */
char *collected_numbers(const int64_t *numbers, size_t count);
