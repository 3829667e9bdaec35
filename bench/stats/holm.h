/*
 * holm: several tests at once (Holm 1979). The chance of any false alarm among all of them stays
 * within alpha, with no assumption on how they depend on each other.
 */
#pragma once

#include <stddef.h>

/* The adjusted p values, to be compared with alpha. NaN is no test: it stays NaN, does not count.
 */
void holm_adjust(const double *p, size_t count, double *out_adjusted);
