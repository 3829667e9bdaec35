#include "compare.h"

#include <math.h>
#include <stdbool.h>

#include "cleanup.h"
#include "holm.h"
#include "interval.h"
#include "order.h"
#include "scratch.h"
#include "student.h"

const char *const comparison_words[] = {
    [COMPARISON_UNDECIDED] = "undecided",
    [COMPARISON_SAME] = "same",
    [COMPARISON_BETTER] = "better",
    [COMPARISON_WORSE] = "worse",
    NULL,
};

static void compare_pair(const double *reference, const double *row, size_t blocks,
                         struct comparison *out);
static bool log_ratios(const double *reference, const double *row, size_t blocks, double *out);
static double p_of(const struct mean *mean);
static bool has_spread(const struct mean *mean);
static enum comparison_word word_of(const struct comparison *pair);
static enum comparison_word word_without_spread(const struct comparison *pair);

void compare_rows(const double *values, size_t rows, size_t blocks, struct comparison *out)
{
    size_t count = compare_pair_count(rows);
    AUTO_FREE double *p = scratch_doubles(count);
    AUTO_FREE double *adjusted = scratch_doubles(count);
    size_t pair = 0;
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = i + 1; j < rows; j++, pair++) {
            out[pair] = (struct comparison){.row = j, .reference = i};
            compare_pair(values + i * blocks, values + j * blocks, blocks, &out[pair]);
            p[pair] = out[pair].no_spread ? 1 : out[pair].p; /* it counts as one of many */
        }
    }
    holm_adjust(p, count, adjusted);
    for (pair = 0; pair < count; pair++) {
        out[pair].p_holm = out[pair].no_spread ? NAN : adjusted[pair];
        out[pair].word = word_of(&out[pair]);
    }
}

static void compare_pair(const double *reference, const double *row, size_t blocks,
                         struct comparison *out)
{
    AUTO_FREE double *logs = scratch_doubles(blocks);
    bool usable = log_ratios(reference, row, blocks, logs);
    struct mean mean = mean_of(logs, usable ? blocks : 0);
    struct interval wide = interval_of_mean(&mean, 0.95);
    struct interval narrow = interval_of_mean(&mean, 0.90);
    out->blocks = mean.count;
    out->no_spread = mean.count >= 2 && !has_spread(&mean);
    out->ratio = exp(order_median(logs, usable ? blocks : 0));
    out->low = exp(wide.low);
    out->high = exp(wide.high);
    out->low_90 = exp(narrow.low);
    out->high_90 = exp(narrow.high);
    out->p = p_of(&mean);
}

/* False when a value has no logarithm; NaN where one of the two is missing. */
static bool log_ratios(const double *reference, const double *row, size_t blocks, double *out)
{
    for (size_t i = 0; i < blocks; i++) {
        if (reference[i] <= 0 || row[i] <= 0)
            return false;
        out[i] = log(row[i]) - log(reference[i]);
    }
    return true;
}

/* Logarithms of ratios that a byte in a gigabyte moves are apart by more. */
static bool has_spread(const struct mean *mean)
{
    static const double rounding = 1e-10;
    return mean->standard_error > rounding;
}

static double p_of(const struct mean *mean)
{
    if (mean->count < 2 || !has_spread(mean))
        return NAN;
    return student_two_sided_p(mean->mean / mean->standard_error, (double)(mean->count - 1));
}

static enum comparison_word word_of(const struct comparison *pair)
{
    if (pair->no_spread)
        return word_without_spread(pair);
    bool significant = pair->p_holm <= COMPARE_ALPHA;
    if (significant && pair->high < 1 && pair->ratio <= 1 - COMPARE_MARGIN)
        return COMPARISON_BETTER;
    if (significant && pair->low > 1 && pair->ratio >= 1 + COMPARE_MARGIN)
        return COMPARISON_WORSE;
    if (pair->low_90 >= 1 - COMPARE_MARGIN && pair->high_90 <= 1 + COMPARE_MARGIN)
        return COMPARISON_SAME;
    return COMPARISON_UNDECIDED;
}

static enum comparison_word word_without_spread(const struct comparison *pair)
{
    if (pair->blocks < COMPARE_BLOCKS_WITHOUT_SPREAD)
        return COMPARISON_UNDECIDED;
    return pair->ratio <= 1 - COMPARE_MARGIN   ? COMPARISON_BETTER
           : pair->ratio >= 1 + COMPARE_MARGIN ? COMPARISON_WORSE
                                               : COMPARISON_SAME;
}
