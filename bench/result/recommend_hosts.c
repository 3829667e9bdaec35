#include "recommend_hosts.h"

#include <math.h>
#include <stdlib.h>

#include "compare_metrics.h"
#include "host_words.h"
#include "result.h"
#include "scratch.h"

/* Adds the share of one term to the score of each row and host. */
static void add_term(const struct result_workload *workload, size_t blocks, size_t term,
                     struct recommendation *out)
{
    const struct measured_hosts *hosts = &workload->hosts;
    AUTO_FREE double *values = scratch_doubles(workload->row_count * blocks);
    compare_metrics_values(workload, blocks, recommend_term_metrics[term], values);
    const double *reference = values + (size_t)out->reference * blocks;
    for (size_t row = 0; row < workload->row_count; row++)
        for (size_t h = 0; h < hosts->count; h++) {
            double sum = 0;
            size_t count = 0;
            for (size_t block = 0; block < blocks; block++) {
                double ratio = log(values[row * blocks + block] / reference[block]);
                if (hosts->of_block[block] != h || !isfinite(ratio))
                    continue;
                sum += ratio;
                count++;
            }
            out->host_score[row * hosts->count + h] +=
                count ? out->weights.share[term] * sum / (double)count : NAN;
        }
}

void recommend_hosts_score(const struct result_workload *workload, size_t blocks,
                           struct recommendation *out)
{
    size_t hosts = workload->hosts.count;
    if (hosts < 2 || out->reference == RECOMMEND_NONE)
        return;
    out->hosts = hosts;
    out->host_score = calloc(workload->row_count * hosts, sizeof *out->host_score);
    if (!out->host_score)
        abort();
    for (size_t term = 0; term < TERM_COUNT; term++)
        if (out->weights.share[term] > 0)
            add_term(workload, blocks, term, out);
}

static bool costs_less(const struct recommendation *is, int row, size_t host)
{
    return is->host_score[(size_t)row * is->hosts + host] < 0;
}

static bool is_told(const struct recommendation *is, int row, size_t host)
{
    return !isnan(is->host_score[(size_t)row * is->hosts + host]);
}

size_t recommend_hosts_lost(const struct recommendation *recommendation, int row)
{
    size_t lost = 0;
    for (size_t h = 0; h < recommendation->hosts; h++)
        lost += is_told(recommendation, row, h) && !costs_less(recommendation, row, h);
    return lost;
}

/* "n1 and n2 (-12 to -11 %)": those on which the best row costs less, or does not. */
static void say_group(FILE *out, const struct result_workload *workload,
                      const struct recommendation *is, bool less)
{
    double least = INFINITY, greatest = -INFINITY;
    AUTO_FREE bool *which = calloc(is->hosts, sizeof *which);
    if (!which)
        abort();
    for (size_t h = 0; h < is->hosts; h++) {
        double score = is->host_score[(size_t)is->told * is->hosts + h];
        which[h] = is_told(is, is->told, h) && costs_less(is, is->told, h) == less;
        least = which[h] ? fmin(least, score) : least;
        greatest = which[h] ? fmax(greatest, score) : greatest;
    }
    measured_hosts_say(out, &workload->hosts, which, " and ");
    (void)fputs(" (", out);
    host_say_range(out, exp(least), exp(greatest));
    (void)fputc(')', out);
}

void recommend_say_hosts(FILE *out, const struct result_workload *workload,
                         const struct recommendation *recommendation)
{
    const struct recommendation *is = recommendation;
    size_t less = 0, lost = 0;
    if (is->hosts < 2 || is->told == RECOMMEND_NONE || is->told == is->reference)
        return;
    lost = recommend_hosts_lost(is, is->told);
    for (size_t h = 0; h < is->hosts; h++)
        less += is_told(is, is->told, h) && costs_less(is, is->told, h);
    if (less == 0)
        return;
    (void)fputs(" It costs less on ", out);
    if (lost == 0)
        (void)fprintf(out, "%zu of %zu hosts: ", less, less);
    say_group(out, workload, is, true);
    if (lost > 0) {
        (void)fputs(", and not on ", out);
        say_group(out, workload, is, false);
    }
    (void)fputc('.', out);
}
