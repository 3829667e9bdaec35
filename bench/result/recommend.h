/*
 * recommend: which row to run, and whether leaving the incumbent is worth it.
 *
 *   1. Left out: a row without a valid trial, one with a trial that failed, one that shows what a
 *      tool costs, one whose live grows while another row's is flat (a leak of its own), and what
 *      the caller bars (a ceiling).
 *   2. Each block is scored: the weighted mean of the log ratios to the incumbent in memory (the
 *      level of the last third of the churn), CPU and join p99. Lower is better. Only blocks count
 *      in which every row that is left has every number.
 *   3. Best estimate: the lowest mean score. P(best): blocks drawn again (bootstrap.h). Few blocks
 *      agree too easily (of three, what is best in all is best in every draw), so that below
 *      RECOMMEND_P_BEST_BLOCKS it decides as below, and is not told.
 *   4. Whether to leave the incumbent, and for which row: recommend_choice.h.
 *
 * A row is dominated by another that is at most 5 % worse in every term with 95 % confidence, and
 * better in one. That informs; it rarely decides.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "interval.h"
#include "metrics.h"

struct result_workload;

#define RECOMMEND_INCUMBENT "glibc" /* what a program runs on when nobody chose */
#define RECOMMEND_P_BEST    0.80
#define RECOMMEND_GAIN      0.05

enum { RECOMMEND_NONE = -1, RECOMMEND_P_BEST_BLOCKS = 5 };

enum recommend_term { TERM_MEMORY, TERM_CPU, TERM_LATENCY, TERM_COUNT };
extern const char *const recommend_term_names[]; /* "memory", "cpu", "latency"; ends with NULL */
extern const enum metric_id recommend_term_metrics[TERM_COUNT];

/* Shares that add up to 1. */
struct recommend_weights {
    double share[TERM_COUNT];
};
extern const struct recommend_weights recommend_weights_default; /* .5, .25, .25 */

/* "memory=2,cpu=1,latency=1": any scale, a term not named weighs 0. -EINVAL. */
int recommend_weights_parse(const char *text, struct recommend_weights *out, struct err *err);

struct recommend_row {
    char *barred;                      /* why it is left out; NULL: it is not */
    struct interval ratio[TERM_COUNT]; /* to the incumbent, geometric mean over blocks; or NaN */
    struct interval score;             /* the weighted ratio; below 1 is cheaper */
    double mean_log[TERM_COUNT];       /* of the ratio; what other weights are tried with */
    double p_best;                     /* NaN when barred or without a complete block; tell
                                          recommend_p_best() */
    bool better;                       /* than the incumbent, as recommend_choice.h has it */
    int dominated_by;                  /* index of a row, or RECOMMEND_NONE */
};

struct recommendation {
    struct recommend_row *rows; /* as the workload's */
    size_t row_count, candidates;
    size_t blocks;                    /* complete ones */
    struct recommend_weights weights; /* a term that cannot be told on all rows weighs 0 */
    double memory_unsure;             /* ln of the ratio from which memory is told apart; 0: any */
    int reference;                    /* what ratios are to: the incumbent, else the first left */
    bool has_incumbent;               /* measured, and not left out */
    int best;                         /* best estimate; RECOMMEND_NONE: none */
    int advised;                      /* what to run: a better row, or the incumbent */
    int told;                         /* what the answer speaks of: the row advised in place of
                                         the incumbent, else the best estimate */
    double p_better;                  /* sum of P(best) of the better rows; 0 with one block */
    /* The nearest memory weights, the others in proportion, at which another row would be the best
     * estimate by 5 % (of those within that, the row told stays); NaN, RECOMMEND_NONE: none is. */
    double flip_below, flip_above;
    int flip_below_row, flip_above_row;
    /* Of several hosts (recommend_hosts.h): log of the weighted cost against the reference on each
     * alone, [row * hosts + host]; NaN where a number is missing. */
    size_t hosts; /* 0: there is one */
    double *host_score;
};

/* `barred` is NULL or one reason (or NULL) per row. `blocks`: how many were planned. */
void recommend_build(const struct result_workload *workload, size_t blocks,
                     const struct recommend_weights *weights, const char *const *barred,
                     struct recommendation *out);
void recommend_release(struct recommendation *recommendation);

/* P(best) where there are blocks enough to tell it, and the row is told apart from all others; else
 * NaN. */
double recommend_p_best(const struct recommendation *recommendation, size_t row);

/* One paragraph: what to run, how to get it, what it buys and costs, when the answer changes. NULL
 * where nothing was measured. The caller frees. */
char *recommend_text(const struct result_workload *workload,
                     const struct recommendation *recommendation);
