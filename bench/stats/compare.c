#include "compare.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cleanup.h"
#include "holm.h"
#include "interval.h"
#include "order.h"
#include "over_hosts.h"
#include "scratch.h"
#include "student.h"

const char *const comparison_words[] = {
    [COMPARISON_UNDECIDED] = "undecided",
    [COMPARISON_SAME] = "same",
    [COMPARISON_BETTER] = "better",
    [COMPARISON_WORSE] = "worse",
    [COMPARISON_NOT_TOLD_APART] = "not told apart",
    [COMPARISON_NOT_RANKED] = "not ranked",
    NULL,
};

/* Logarithms of ratios that a byte in a gigabyte moves are apart by more. */
static const double rounding = 1e-10;

static void compare_pair(const struct compare_hosts *hosts, const double *reference,
                         const double *row, size_t blocks, struct comparison *out);
static void pair_over_hosts(const struct compare_hosts *hosts, const double *logs, size_t blocks,
                            struct comparison *out);
static bool log_ratios(const double *reference, const double *row, size_t blocks, double *out);
static double p_of(const struct mean *mean);
static bool has_spread(const struct mean *mean);
static enum comparison_word word_of(const struct comparison *pair);
static enum comparison_word word_without_spread(const struct comparison *pair);
static void hold_against_hosts(const struct compare_hosts *hosts, const double *reference,
                               const double *row, size_t blocks, struct comparison *pair);

void compare_rows(const double *values, size_t rows, size_t blocks, struct comparison *out)
{
    compare_rows_over(&(struct compare_hosts){.count = 1}, values, rows, blocks, out);
}

void compare_rows_over(const struct compare_hosts *hosts, const double *values, size_t rows,
                       size_t blocks, struct comparison *out)
{
    size_t count = compare_pair_count(rows);
    AUTO_FREE double *p = scratch_doubles(count);
    AUTO_FREE double *adjusted = scratch_doubles(count);
    size_t pair = 0;
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = i + 1; j < rows; j++, pair++) {
            out[pair] = (struct comparison){.row = j, .reference = i};
            compare_pair(hosts, values + i * blocks, values + j * blocks, blocks, &out[pair]);
            p[pair] = out[pair].no_spread ? 1 : out[pair].p; /* it counts as one of many */
        }
    }
    holm_adjust(p, count, adjusted);
    for (pair = 0; pair < count; pair++) {
        out[pair].p_holm = out[pair].no_spread ? NAN : adjusted[pair];
        out[pair].word = word_of(&out[pair]);
        hold_against_hosts(hosts, values + out[pair].reference * blocks,
                           values + out[pair].row * blocks, blocks, &out[pair]);
    }
}

static void compare_pair(const struct compare_hosts *hosts, const double *reference,
                         const double *row, size_t blocks, struct comparison *out)
{
    AUTO_FREE double *logs = scratch_doubles(blocks);
    bool usable = log_ratios(reference, row, blocks, logs);
    if (hosts->count > 1 && usable) {
        pair_over_hosts(hosts, logs, blocks, out);
        return;
    }
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

/* By the spread within hosts, or that of hosts where none has two blocks. */
static void pair_over_hosts(const struct compare_hosts *hosts, const double *logs, size_t blocks,
                            struct comparison *out)
{
    struct over_hosts over;
    AUTO_FREE struct over_host *each = malloc(hosts->count * sizeof *each);
    AUTO_FREE double *means = scratch_doubles(hosts->count);
    if (!each)
        abort();
    over_hosts(logs, hosts->of_block, blocks, hosts->count, each, &over);
    for (size_t h = 0; h < hosts->count; h++)
        means[h] = each[h].mean;
    struct mean among = mean_of(means, hosts->count);
    bool within = over.degrees > 0;
    double error = within ? over.standard_error : among.standard_error;
    double degrees = within ? over.degrees : (double)over.hosts - 1;
    bool known = over.blocks >= 2 && isfinite(error);
    bool spread = known && error > rounding;
    out->blocks = over.blocks;
    out->hosts = over.hosts;
    out->no_spread = known && !spread;
    out->ratio = exp(over.mean);
    double wide = known ? student_quantile(0.975, degrees) * error : NAN;
    double narrow = known ? student_quantile(0.95, degrees) * error : NAN;
    out->low = exp(over.mean - wide);
    out->high = exp(over.mean + wide);
    out->low_90 = exp(over.mean - narrow);
    out->high_90 = exp(over.mean + narrow);
    out->p = spread ? student_two_sided_p(over.mean / error, degrees) : NAN;
    out->others_low = exp(over.low);
    out->others_high = exp(over.high);
    out->least = out->greatest = NAN;
    for (size_t h = 0; h < hosts->count; h++) {
        out->least = fmin(out->least, exp(means[h]));
        out->greatest = fmax(out->greatest, exp(means[h]));
    }
    out->hosts_differ = within && (spread ? over.between_p <= COMPARE_ALPHA
                                          : log(out->greatest / out->least) > rounding);
}

static enum comparison_word word_of_host(const struct over_host *host)
{
    double ratio = exp(host->mean);
    if (ratio <= 1 - COMPARE_MARGIN && host->high < 0)
        return COMPARISON_BETTER;
    if (ratio >= 1 + COMPARE_MARGIN && host->low > 0)
        return COMPARISON_WORSE;
    return exp(host->low) >= 1 - COMPARE_MARGIN && exp(host->high) <= 1 + COMPARE_MARGIN
               ? COMPARISON_SAME
               : COMPARISON_UNDECIDED;
}

void compare_on_each(const struct compare_hosts *hosts, const double *reference, const double *row,
                     size_t blocks, struct compare_host *out_each)
{
    struct over_hosts over;
    AUTO_FREE double *logs = scratch_doubles(blocks);
    AUTO_FREE struct over_host *each = malloc(hosts->count * sizeof *each);
    if (!each)
        abort();
    if (!log_ratios(reference, row, blocks, logs))
        for (size_t i = 0; i < blocks; i++)
            logs[i] = NAN;
    over_hosts(logs, hosts->of_block, blocks, hosts->count, each, &over);
    for (size_t h = 0; h < hosts->count; h++)
        out_each[h] = (struct compare_host){.blocks = each[h].blocks,
                                            .ratio = exp(each[h].mean),
                                            .low = exp(each[h].low),
                                            .high = exp(each[h].high),
                                            .word = word_of_host(&each[h])};
}

/* Who agrees; and a word that some hosts contradict is not said. */
static void hold_against_hosts(const struct compare_hosts *hosts, const double *reference,
                               const double *row, size_t blocks, struct comparison *pair)
{
    if (pair->hosts < 2)
        return;
    AUTO_FREE struct compare_host *each = malloc(hosts->count * sizeof *each);
    if (!each)
        abort();
    compare_on_each(hosts, reference, row, blocks, each);
    for (size_t h = 0; h < hosts->count; h++)
        pair->hosts_agree +=
            each[h].blocks > 0 && pair->word != COMPARISON_UNDECIDED && each[h].word == pair->word;
    bool one_word = true;
    const struct compare_host *first = NULL;
    for (size_t h = 0; h < hosts->count; h++) {
        first = first || each[h].blocks == 0 ? first : &each[h];
        one_word = one_word && (each[h].blocks == 0 || each[h].word == first->word);
    }
    pair->hosts_differ = pair->hosts_differ && !one_word;
    if (!pair->hosts_differ)
        return;
    pair->word = COMPARISON_UNDECIDED;
    pair->hosts_agree = 0;
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

static bool has_spread(const struct mean *mean)
{
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
