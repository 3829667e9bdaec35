/*
 * plot: the RSS curves of the primary subject on a terminal, in braille dots, or in letters where
 * the locale has no such glyphs.
 *
 *     26 MiB ┤                    ⢀⣀⠤⠒⠉ glibc
 *            │            ⣀⡠⠤⠒⠊⠉⠁⣀⡠⠤⠒⠊⠉ jemalloc
 *      0 MiB ┼───────────── 1344 cycles
 *
 * One scale from 0 for all rows. The names stand where the curves end; in colour each has its own,
 * and in letters each curve is drawn with the letter before its name. Beyond PLOT_ROWS_MAX rows,
 * and in less than 50 columns, nothing is printed: it could not be read. Nor where all curves are
 * flat: the sparklines beside the numbers say as much.
 */
#pragma once

#include <stdio.h>

#include "result.h"
#include "text_style.h"

enum { PLOT_ROWS_MAX = 8 };

void plot_print(FILE *out, const struct text_style *style, const struct result_workload *workload);
