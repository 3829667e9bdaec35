/*
 * metric_text: a number of a metric with its unit, for people: "1.87 MiB", "35.2 KiB", "72 ms".
 */
#pragma once

#include <stddef.h>

#include "metrics.h"

enum { METRIC_TEXT_MAX = 48 };

/* "n/a" for NaN. Returns `out`. */
const char *metric_text(const struct metric *metric, double value, char *out, size_t size);
