#include "tune_effect.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "holm.h"
#include "scratch.h"
#include "student.h"

struct spread {
    double variance; /* of one log value */
    double df;
};

/* Has it a number in all blocks from `first` to `end`? */
static bool is_whole(const double *values, size_t first, size_t end)
{
    for (size_t b = first; b < end; b++)
        if (!(values[b] > 0))
            return false;
    return true;
}

/* Adds the residual sum of squares of one rung. */
static void add_rung(const double *value, size_t settings, size_t blocks, size_t first, size_t end,
                     double *sum, double *df)
{
    const double count = (double)(end - first);
    AUTO_FREE double *of_block = scratch_doubles(blocks);
    double whole = 0, all = 0;
    for (size_t b = first; b < end; b++)
        of_block[b] = 0;
    for (size_t s = 0; s < settings; s++) {
        const double *of = value + s * blocks;
        if (!is_whole(of, first, end))
            continue;
        whole++;
        for (size_t b = first; b < end; b++)
            of_block[b] += log(of[b]);
    }
    if (whole < 2 || count < 2)
        return;
    for (size_t b = first; b < end; b++) {
        of_block[b] /= whole;
        all += of_block[b] / count;
    }
    for (size_t s = 0; s < settings; s++) {
        const double *of = value + s * blocks;
        double mean = 0;
        if (!is_whole(of, first, end))
            continue;
        for (size_t b = first; b < end; b++)
            mean += log(of[b]) / count;
        for (size_t b = first; b < end; b++)
            *sum += pow(log(of[b]) - mean - of_block[b] + all, 2);
    }
    *df += (whole - 1) * (count - 1);
}

static struct spread spread_of(const double *value, size_t settings, size_t blocks,
                               const size_t *rung)
{
    double sum = 0, df = 0;
    for (size_t first = 0, end; first < blocks; first = end) {
        for (end = first; end < blocks && rung[end] == rung[first];)
            end++;
        add_rung(value, settings, blocks, first, end, &sum, &df);
    }
    return (struct spread){.variance = df > 0 ? sum / df : NAN, .df = df};
}

/* Mean and variance of the paired log differences. */
static size_t differences(const double *of, const double *reference, size_t blocks,
                          double *out_mean, double *out_variance)
{
    size_t count = 0;
    double sum = 0, squares = 0;
    for (size_t b = 0; b < blocks; b++) {
        if (!(of[b] > 0) || !(reference[b] > 0))
            continue;
        double difference = log(of[b] / reference[b]);
        sum += difference;
        squares += difference * difference;
        count++;
    }
    *out_mean = count ? sum / (double)count : NAN;
    *out_variance =
        count > 1 ? fmax(0, squares - sum * sum / (double)count) / (double)(count - 1) : NAN;
    return count;
}

/* The standard error of the mean, and with how many degrees of freedom: of all settings together,
 * unless this one's own is larger. */
static struct spread error_of(size_t count, double own, const struct spread *all)
{
    const struct spread none = {NAN, 0};
    const double n = (double)count;
    const struct spread together = {2 * all->variance / n, all->df};
    const struct spread alone = {own / n, n - 1};
    if (count == 0 || (count < 2 && !(all->df > 0)))
        return none;
    if (!(all->df > 0))
        return alone;
    return count > 1 && alone.variance > together.variance
               ? (struct spread){alone.variance, fmin(all->df, 2 * (n - 1))}
               : together;
}

/* Quantiles take long, and few degrees of freedom, whole numbers, are asked for again and again. */
enum { QUANTILES = 64 };
struct quantiles {
    double df;
    double of_95, of_90; /* two-sided */
};

static const struct quantiles *quantiles_of(double df, struct quantiles *known)
{
    struct quantiles *at = &known[(size_t)df % QUANTILES];
    if (at->df != df)
        *at = (struct quantiles){df, student_quantile(0.975, df), student_quantile(0.95, df)};
    return at;
}

static void judge(double mean, const struct spread *error, struct quantiles *known,
                  struct tune_effect *out)
{
    const double se = sqrt(error->variance);
    if (!(error->df > 0))
        return;
    const double half = se > 0 ? quantiles_of(error->df, known)->of_95 * se : 0;
    out->low = exp(mean - half);
    out->high = exp(mean + half);
    out->p = se > 0 ? student_two_sided_p(mean / se, error->df) : mean != 0 ? 0 : 1;
}

static enum tune_word word_of(const struct tune_effect *effect, double mean, double margin,
                              const struct spread *error, struct quantiles *known)
{
    const double same = log(1 + TUNE_MARGIN);
    const double half = error->df > 0 && error->variance > 0
                            ? quantiles_of(error->df, known)->of_90 * sqrt(error->variance)
                            : 0;
    if (isnan(effect->p))
        return isnan(effect->ratio) ? TUNE_UNKNOWN : TUNE_NONE;
    if (effect->p_holm < TUNE_ALPHA && fabs(mean) >= margin)
        return mean < 0 ? TUNE_LESS : TUNE_MORE;
    return fabs(mean) + half < same ? TUNE_SAME : TUNE_NONE;
}

/* Everything but what depends on the other tests: p_holm and the word. */
static void estimate(const double *value, size_t settings, size_t blocks, const size_t *rung,
                     struct quantiles *known, struct spread *out_errors, struct tune_effect *out)
{
    const struct spread all = spread_of(value, settings, blocks, rung);
    for (size_t s = 0; s < settings; s++) {
        double own = NAN, mean = NAN;
        out[s] = (struct tune_effect){TUNE_UNKNOWN, 0, NAN, NAN, NAN, NAN, NAN};
        out[s].blocks = differences(value + s * blocks, value, blocks, &mean, &own);
        out[s].ratio = exp(mean);
        out_errors[s] = error_of(out[s].blocks, own, &all);
        if (s > 0)
            judge(mean, &out_errors[s], known, &out[s]);
    }
}

/* The numbers of one cost, without those in trouble. The caller frees. */
static double *numbers_of(const struct tune_data *data, size_t cost)
{
    double *value = scratch_copy(data->value[cost], data->settings.count * data->blocks);
    for (size_t s = 0; s < data->settings.count; s++)
        for (size_t b = 0; *data->trouble[s] && b < data->blocks; b++)
            value[s * data->blocks + b] = NAN;
    return value;
}

double tune_margin(const struct tune_data *data, size_t cost)
{
    const double usual = log(1 + TUNE_MARGIN);
    return cost == TUNE_MEMORY ? fmax(usual, data->memory_unsure) : usual;
}

void tune_effects(const struct tune_data *data,
                  struct tune_effect out[TUNE_COSTS][TUNE_SETTINGS_MAX])
{
    struct spread errors[TUNE_COSTS][TUNE_SETTINGS_MAX];
    double p[TUNE_COSTS * TUNE_SETTINGS_MAX], holm[TUNE_COSTS * TUNE_SETTINGS_MAX];
    const size_t settings = data->settings.count;
    struct quantiles known[QUANTILES] = {{0}};
    for (size_t c = 0; c < TUNE_COSTS; c++) {
        AUTO_FREE double *value = numbers_of(data, c);
        estimate(value, settings, data->blocks, data->rung, known, errors[c], out[c]);
        for (size_t s = 0; s < settings; s++)
            p[c * settings + s] = out[c][s].p;
    }
    holm_adjust(p, TUNE_COSTS * settings, holm);
    for (size_t c = 0; c < TUNE_COSTS; c++) {
        const double margin = tune_margin(data, c);
        for (size_t s = 0; s < settings; s++) {
            struct tune_effect *effect = &out[c][s];
            effect->p_holm = holm[c * settings + s];
            effect->word = s > 0 ? word_of(effect, log(effect->ratio), margin, &errors[c][s], known)
                           : effect->blocks > 0 ? TUNE_SAME
                                                : TUNE_UNKNOWN;
        }
    }
}
