#include "recommend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bootstrap.h"
#include "compare_metrics.h"
#include "deployment.h"
#include "recommend_choice.h"
#include "recommend_hosts.h"
#include "replay_rule.h"
#include "result.h"
#include "scratch.h"

enum { BOOTSTRAP_SEED = 3186, FLIP_STEPS = 100 };

const char *const recommend_term_names[] = {"memory", "cpu", "latency", NULL};
const enum metric_id recommend_term_metrics[TERM_COUNT] = {
    METRIC_RSS_ANON_PLATEAU, METRIC_CPU_PER_1000_CYCLES, METRIC_JOIN_P99};
const struct recommend_weights recommend_weights_default = {.share = {0.5, 0.25, 0.25}};

static enum metric_id metric_of_term(const struct result_workload *workload, size_t term)
{
    bool peak = term == TERM_MEMORY && workload->workload->ends; /* it settles on no level */
    return peak ? METRIC_RSS_ANON_PEAK : recommend_term_metrics[term];
}

/* Log values of what is scored: of term, row and complete block, the candidates' alone. */
struct scoring {
    double *log[TERM_COUNT]; /* [row * blocks + complete block] */
    size_t blocks;
    struct recommendation *out;
};

static void bar_rows(const struct result_workload *workload, const char *const *barred,
                     struct recommendation *out);
static void choose_reference(const struct result_workload *workload, struct recommendation *out);
static void scoring_build(const struct result_workload *workload, size_t blocks,
                          const struct recommend_weights *weights, struct scoring *scoring);
static void score_rows(const struct scoring *scoring);
static void find_dominated(const struct scoring *scoring);
static void find_flips(struct recommendation *out);
static int best_at(const struct recommendation *recommendation, const double *share, int preferred,
                   double margin);

void recommend_build(const struct result_workload *workload, size_t blocks,
                     const struct recommend_weights *weights, const char *const *barred,
                     struct recommendation *out)
{
    *out = (struct recommendation){
        .rows = calloc(workload->row_count + 1, sizeof *out->rows),
        .row_count = workload->row_count,
        .weights = *weights,
        .memory_unsure =
            replay_rule_unsure(&workload->replay, metric_of_term(workload, TERM_MEMORY)),
        .reference = RECOMMEND_NONE,
        .best = RECOMMEND_NONE,
        .advised = RECOMMEND_NONE,
        .told = RECOMMEND_NONE,
        .flip_below = NAN,
        .flip_above = NAN,
        .flip_below_row = RECOMMEND_NONE,
        .flip_above_row = RECOMMEND_NONE,
    };
    if (!out->rows)
        abort();
    bar_rows(workload, barred, out);
    choose_reference(workload, out);
    struct scoring scoring = {.out = out};
    scoring_build(workload, blocks, weights, &scoring);
    score_rows(&scoring);
    find_dominated(&scoring);
    recommend_hosts_score(workload, blocks, out);
    for (size_t term = 0; term < TERM_COUNT; term++)
        free(scoring.log[term]);
    if (out->blocks > 0)
        out->best = best_at(out, out->weights.share, out->reference, recommend_unsure(out));
    recommend_choose(workload, out);
    find_flips(out);
}

void recommend_release(struct recommendation *recommendation)
{
    for (size_t i = 0; i < recommendation->row_count; i++)
        free(recommendation->rows[i].barred);
    free(recommendation->rows);
    free(recommendation->host_score);
    *recommendation = (struct recommendation){.row_count = 0};
}

/* Under the same work another row's live is flat: what grows here is the library's. */
static bool leaks_alone(const struct result_workload *workload, const struct result_row *row)
{
    bool another_flat = false;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_subject *primary = &workload->rows[i].subjects[RECORD_PRIMARY];
        another_flat |= primary->live_available && primary->live == SIGNAL_FLAT;
    }
    return another_flat && result_leaks(&row->subjects[RECORD_PRIMARY]);
}

static const char *failure_of(const struct result_row *row)
{
    for (size_t i = 0; i < row->note_count; i++)
        if (row->notes[i].kind == NOTE_FAILED)
            return row->notes[i].reason;
    return "it did not run to its end";
}

static void bar_rows(const struct result_workload *workload, const char *const *barred,
                     struct recommendation *out)
{
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        char **why = &out->rows[i].barred;
        int length = 0;
        if (row->valid == 0)
            length = asprintf(why, "no valid trial");
        else if (row->failed > 0)
            length = asprintf(why, "a trial failed: %s", failure_of(row));
        else if (row->row->diagnostic)
            length = asprintf(why, "it shows what a tool costs");
        else if (leaks_alone(workload, row))
            length = asprintf(why, "live grows on it and not on others");
        else if (barred && barred[i])
            length = asprintf(why, "%s", barred[i]);
        if (length < 0)
            abort();
        out->candidates += *why == NULL;
    }
}

static void choose_reference(const struct result_workload *workload, struct recommendation *out)
{
    char name[64];
    const char *incumbent = deployment_incumbent(workload, name, sizeof name);
    for (size_t i = workload->row_count; i-- > 0;)
        if (!out->rows[i].barred)
            out->reference = (int)i;
    for (size_t i = 0; i < workload->row_count; i++) {
        if (out->rows[i].barred || strcmp(workload->rows[i].row->name, incumbent) != 0)
            continue;
        out->reference = (int)i;
        out->has_incumbent = true;
    }
}

/* A term weighs only where every candidate has a positive number in some block. */
static bool term_is_told(const struct result_workload *workload,
                         const struct recommendation *recommendation, size_t term)
{
    bool told = recommendation->candidates > 0;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct estimate *estimate =
            &workload->rows[i].subjects[RECORD_PRIMARY].metric[metric_of_term(workload, term)];
        told = told && (recommendation->rows[i].barred || estimate->min > 0);
    }
    return told;
}

static void weigh(const struct result_workload *workload, const struct recommend_weights *weights,
                  struct recommendation *out)
{
    double sum = 0;
    for (size_t term = 0; term < TERM_COUNT; term++) {
        out->weights.share[term] = term_is_told(workload, out, term) ? weights->share[term] : 0;
        sum += out->weights.share[term];
    }
    for (size_t term = 0; sum > 0 && term < TERM_COUNT; term++)
        out->weights.share[term] /= sum;
}

static bool block_is_complete(double *const *values, const struct recommendation *recommendation,
                              size_t blocks, size_t block)
{
    bool any = false;
    for (size_t term = 0; term < TERM_COUNT; term++) {
        for (size_t row = 0; row < recommendation->row_count; row++)
            if (recommendation->weights.share[term] > 0 && !recommendation->rows[row].barred &&
                !(values[term][row * blocks + block] > 0))
                return false;
        any = any || recommendation->weights.share[term] > 0;
    }
    return any;
}

static void scoring_build(const struct result_workload *workload, size_t blocks,
                          const struct recommend_weights *weights, struct scoring *scoring)
{
    struct recommendation *out = scoring->out;
    size_t rows = workload->row_count;
    weigh(workload, weights, out);
    scoring->blocks = blocks;
    for (size_t term = 0; term < TERM_COUNT; term++) {
        scoring->log[term] = scratch_doubles(rows * blocks);
        compare_metrics_values(workload, blocks, metric_of_term(workload, term),
                               scoring->log[term]);
    }
    for (size_t block = 0; block < blocks; block++) {
        if (!block_is_complete(scoring->log, out, blocks, block))
            continue;
        for (size_t i = 0; i < TERM_COUNT * rows; i++) {
            double *of_row = scoring->log[i / rows] + i % rows * blocks;
            of_row[out->blocks] = log(of_row[block]);
        }
        out->blocks++;
    }
}

/* exp of the mean of differences of logs, with its limits. */
static struct interval ratio_of(const double *row, const double *reference, size_t count)
{
    AUTO_FREE double *ratios = scratch_doubles(count);
    for (size_t i = 0; i < count; i++)
        ratios[i] = exp(row[i] - reference[i]);
    return interval_geometric_mean(ratios, count, 0.95);
}

static const double *logs_of(const struct scoring *scoring, size_t term, int row)
{
    return scoring->log[term] + (size_t)row * scoring->blocks;
}

static void score_row(const struct scoring *scoring, int row, double *out_scores)
{
    struct recommendation *out = scoring->out;
    struct recommend_row *to = &out->rows[row];
    AUTO_FREE double *zero = scratch_doubles(out->blocks);
    for (size_t block = 0; block < out->blocks; block++) {
        zero[block] = out_scores[block] = 0;
        for (size_t term = 0; term < TERM_COUNT; term++)
            if (out->weights.share[term] > 0)
                out_scores[block] +=
                    out->weights.share[term] * (logs_of(scoring, term, row)[block] -
                                                logs_of(scoring, term, out->reference)[block]);
    }
    to->score = ratio_of(out_scores, zero, out->blocks);
    for (size_t term = 0; term < TERM_COUNT; term++) {
        to->ratio[term] = ratio_of(logs_of(scoring, term, row),
                                   logs_of(scoring, term, out->reference), out->blocks);
        to->mean_log[term] = log(to->ratio[term].estimate);
    }
}

static void score_rows(const struct scoring *scoring)
{
    struct recommendation *out = scoring->out;
    AUTO_FREE double *scores = scratch_doubles(out->candidates * out->blocks);
    AUTO_FREE double *p_best = scratch_doubles(out->candidates);
    size_t next = 0;
    for (size_t row = 0; row < out->row_count; row++) {
        struct recommend_row *to = &out->rows[row];
        const struct interval unknown = {.estimate = NAN, .low = NAN, .high = NAN};
        to->p_best = NAN;
        to->dominated_by = RECOMMEND_NONE;
        to->score = unknown;
        for (size_t term = 0; term < TERM_COUNT; term++)
            to->ratio[term] = unknown;
        if (!to->barred && out->blocks > 0)
            score_row(scoring, (int)row, scores + next++ * out->blocks);
    }
    if (next == 0)
        return;
    bootstrap_p_best(scores, next, out->blocks, BOOTSTRAP_SEED, p_best);
    for (size_t row = out->row_count; row-- > 0;)
        if (!out->rows[row].barred)
            out->rows[row].p_best = p_best[--next];
}

static bool dominates(const struct scoring *scoring, int row, int other)
{
    const struct recommendation *out = scoring->out;
    bool better = false;
    for (size_t term = 0; term < TERM_COUNT; term++) {
        if (!(out->weights.share[term] > 0))
            continue;
        struct interval ratio =
            ratio_of(logs_of(scoring, term, row), logs_of(scoring, term, other), out->blocks);
        double high = ratio.high * (term == TERM_MEMORY ? exp(out->memory_unsure) : 1);
        if (!(high <= 1 + COMPARE_MARGIN))
            return false;
        better = better || high < 1;
    }
    return better;
}

static void find_dominated(const struct scoring *scoring)
{
    struct recommendation *out = scoring->out;
    for (int row = 0; out->blocks > 1 && row < (int)out->row_count; row++)
        for (int other = 0; other < (int)out->row_count; other++)
            if (row != other && !out->rows[row].barred && !out->rows[other].barred &&
                dominates(scoring, other, row))
                out->rows[row].dominated_by = other;
}

static double score_at(const struct recommendation *recommendation, const double *share, int row)
{
    double score = 0;
    for (size_t term = 0; term < TERM_COUNT; term++)
        if (recommendation->weights.share[term] > 0)
            score += share[term] * recommendation->rows[row].mean_log[term];
    return score;
}

/* `preferred`, unless another's score is lower by more than `margin`. */
static int best_at(const struct recommendation *recommendation, const double *share, int preferred,
                   double margin)
{
    static const double equal = 1e-9;
    int best = preferred;
    double least = score_at(recommendation, share, preferred) - margin - equal;
    for (int row = 0; row < (int)recommendation->row_count; row++) {
        double score =
            recommendation->rows[row].barred ? INFINITY : score_at(recommendation, share, row);
        if (score >= least)
            continue;
        best = row;
        least = score - equal;
    }
    return best;
}

/* What would be told at this memory weight, the other terms in the proportion they have. */
static int told_at_memory(const struct recommendation *recommendation, double memory)
{
    const double *share = recommendation->weights.share;
    double others = 1 - share[TERM_MEMORY];
    double scale = others > 0 ? (1 - memory) / others : 0;
    double tried[TERM_COUNT] = {memory, share[TERM_CPU] * scale, share[TERM_LATENCY] * scale};
    double margin = fmax(-log(1 - RECOMMEND_GAIN), memory * recommendation->memory_unsure);
    return best_at(recommendation, tried, recommendation->told, margin);
}

static void find_flips(struct recommendation *out)
{
    double memory = out->weights.share[TERM_MEMORY];
    if (out->told == RECOMMEND_NONE || !(memory > 0) || !(memory < 1))
        return;
    for (int step = 1; step <= FLIP_STEPS; step++) {
        double below = memory - (double)step / FLIP_STEPS;
        double above = memory + (double)step / FLIP_STEPS;
        int row = below >= 0 ? told_at_memory(out, below) : out->told;
        if (out->flip_below_row == RECOMMEND_NONE && row != out->told) {
            out->flip_below_row = row;
            out->flip_below = below;
        }
        row = above <= 1 ? told_at_memory(out, above) : out->told;
        if (out->flip_above_row == RECOMMEND_NONE && row != out->told) {
            out->flip_above_row = row;
            out->flip_above = above;
        }
    }
}
