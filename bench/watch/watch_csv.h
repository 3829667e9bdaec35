/*
 * watch_csv: looks as a file: a line each, in the form that `heapchurn judge` reads (curve_csv.h),
 * the look in place of the cycle. An empty field is not available.
 */
#pragma once

#include <stdio.h>

#include "watch_target.h"

void watch_csv_head(FILE *csv);
void watch_csv_line(FILE *csv, int64_t look, double elapsed_s, const struct watch_reading *reading);
