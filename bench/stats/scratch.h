/*
 * scratch: working memory of the pure functions. Out of memory aborts: the driver cannot go on.
 */
#pragma once

#include <stddef.h>

/* Room for `count` doubles, not initialised, never NULL; the caller frees it (AUTO_FREE). */
double *scratch_doubles(size_t count);

/* The same holding a copy of `values`. */
double *scratch_copy(const double *values, size_t count);
