#include "sparkline.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "cleanup.h"

static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char *const letters[] = {"_", ".", "-", ":", "=", "+", "*", "#"};

static double mean_of_share(const double *values, size_t from, size_t to)
{
    double sum = 0;
    size_t present = 0;
    for (size_t i = from; i < to; i++) {
        if (isnan(values[i]))
            continue;
        sum += values[i];
        present++;
    }
    return present ? sum / (double)present : NAN;
}

const char *sparkline(const double *values, size_t count, double top, size_t cells, bool utf8,
                      char *out)
{
    assert(cells <= SPARKLINE_CELLS_MAX && cells <= count);
    char *end = out;
    char *seen = out; /* behind the last cell that shows something */
    for (size_t cell = 0; cell < cells; cell++) {
        double value = mean_of_share(values, cell * count / cells, (cell + 1) * count / cells);
        const char *glyph = " ";
        if (!isnan(value)) {
            double share = top > 0 ? value / top : 0;
            double level = floor(fmin(fmax(share, 0), 1) * (double)ARRAY_LENGTH(blocks));
            size_t index = (size_t)fmin(level, (double)(ARRAY_LENGTH(blocks) - 1));
            glyph = utf8 ? blocks[index] : letters[index];
        }
        size_t length = strlen(glyph);
        memcpy(end, glyph, length);
        end += length;
        seen = isnan(value) ? seen : end;
    }
    *seen = '\0';
    return out;
}
