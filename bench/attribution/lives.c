#include "lives.h"

#include <math.h>
#include <string.h>

#include "order.h"
#include "scratch.h"

/* RSS before a restart is so many times what it is afterwards, and what it was at the start. */
#define FALL_RATIO   2.0
#define FALL_AT_ONCE 1.5
#define START_RATIO  1.25
#define START_MORE   (1024.0 * 1024)
enum { NEIGHBOURS = 3, FIRST_ROWS = 6, ROWS_BETWEEN = 6 };

/* RSS where it is known, with the row. */
struct known {
    double *rss_bytes;
    size_t *row;
    size_t count;
};

static void find_counters_again(const struct memory_curve *curve, struct lives *out);
static bool falls(const struct memory_curve *curve, enum memory_column column, size_t row);
static void find_falls(const struct memory_curve *curve, struct lives *out);
static bool falls_to_start(const struct known *known, size_t at);
static double middle(const double *values);

void lives_find(const struct memory_curve *curve, struct lives *out)
{
    *out = (struct lives){.count = 1, .sure = true};
    find_counters_again(curve, out);
    if (out->count == 1)
        find_falls(curve, out);
    if (!out->sure && curve->count < LIFE_ROWS_MIN * out->count)
        out->count = 1;
    out->begin[out->count] = curve->count;
}

static void find_counters_again(const struct memory_curve *curve, struct lives *out)
{
    for (size_t i = 1; i < curve->count && out->count < LIVES_MAX; i++) {
        if (falls(curve, MEMORY_CYCLE, i) || falls(curve, MEMORY_ELAPSED, i))
            out->begin[out->count++] = i;
    }
}

static bool falls(const struct memory_curve *curve, enum memory_column column, size_t row)
{
    return memory_curve_at(curve, column, row) < memory_curve_at(curve, column, row - 1);
}

static void find_falls(const struct memory_curve *curve, struct lives *out)
{
    enum memory_column column = MEMORY_RSS_ANON;
    for (size_t i = 0; i < curve->count; i++) {
        if (!isnan(memory_curve_at(curve, MEMORY_RSS, i)))
            column = MEMORY_RSS;
    }
    AUTO_FREE double *rss_bytes = scratch_doubles(curve->count);
    AUTO_FREE size_t *row = calloc(curve->count + 1, sizeof *row);
    if (!row)
        abort();
    struct known known = {.rss_bytes = rss_bytes, .row = row};
    for (size_t i = 0; i < curve->count; i++) {
        double value = memory_curve_at(curve, column, i);
        if (isnan(value))
            continue;
        rss_bytes[known.count] = value;
        row[known.count++] = i;
    }
    for (size_t i = FIRST_ROWS; i + NEIGHBOURS <= known.count && out->count < LIVES_MAX; i++) {
        if (falls_to_start(&known, i) && row[i] >= out->begin[out->count - 1] + ROWS_BETWEEN) {
            out->begin[out->count++] = row[i];
            out->sure = false;
        }
    }
}

static bool falls_to_start(const struct known *known, size_t at)
{
    const double *rss = known->rss_bytes;
    if (!(rss[at - 1] > FALL_AT_ONCE * rss[at]))
        return false;
    double before = middle(rss + at - NEIGHBOURS);
    double after = middle(rss + at);
    double start = middle(rss);
    return before > FALL_RATIO * fmax(after, start) && after < START_RATIO * start + START_MORE;
}

static double middle(const double *values)
{
    return order_median(values, NEIGHBOURS);
}
