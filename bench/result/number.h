/*
 * number: how a measured number is written for people, everywhere alike.
 *
 * Three significant digits, at most two decimals, never in powers of ten: 0.64, 26.1, 312, 35200.
 * Nothing at all is 0; what only rounds to it is 0.00. More digits would claim more than the runs
 * can tell; result.json has them all. The decimal point is the C locale's: heapchurn never sets
 * LC_NUMERIC.
 */
#pragma once

#include <stddef.h>

enum { NUMBER_TEXT_MAX = 32 };

/* "n/a" for what is not finite. Returns `out`. */
const char *number_format(double value, char *out, size_t size);
