/*
 * sparkline: a curve in one line of text, "▁▂▃▅▇", or "_.-+#" in ASCII.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { SPARKLINE_CELLS_MAX = 40, SPARKLINE_TEXT_MAX = SPARKLINE_CELLS_MAX * 3 + 1 };

/*
 * Each cell is the mean of its share of the `count` values, on a scale from 0 to `top`; a space
 * where all of them are NaN, nothing where no value follows. The scale starts at 0, so that heights
 * can be compared, not only slopes. Returns `out`, of at least SPARKLINE_TEXT_MAX bytes.
 */
const char *sparkline(const double *values, size_t count, double top, size_t cells, bool utf8,
                      char *out);
