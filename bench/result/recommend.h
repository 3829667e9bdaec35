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
 *   4. The incumbent is left only where P(best) is at least 80 %, the gain at least 5 %, and its
 *      95 % interval has no loss in it. Needless switches among five equal rows (2000 draws, spread
 *      of memory 3 %, CPU 5 %, p99 20 %): 10 % of sessions of three blocks by the first two
 *      conditions alone, since three blocks drawn again agree too easily; 1 % with the third. A
 *      true gain of 30 % in memory is then found by 57, 97, 100 % of 3, 5, 10 blocks.
 *      Nor for a row that keeps more with every cycle where nothing grows on the incumbent
 *      (recommend_findings.h); nor where it costs no less on one of several hosts.
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
    int dominated_by;                  /* index of a row, or RECOMMEND_NONE */
};

struct recommendation {
    struct recommend_row *rows; /* as the workload's */
    size_t row_count, candidates;
    size_t blocks;                    /* complete ones */
    struct recommend_weights weights; /* a term that cannot be told on all rows weighs 0 */
    int reference;                    /* what ratios are to: the incumbent, else the first left */
    bool has_incumbent;               /* measured, and not left out */
    int best;                         /* best estimate; RECOMMEND_NONE: none */
    int advised;                      /* what to run: the best, or the incumbent */
    /* The nearest memory weights, the others in proportion, at which another row would be the best
     * estimate; NaN and RECOMMEND_NONE: none does. */
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

/* P(best) where there are blocks enough to tell it; else NaN. */
double recommend_p_best(const struct recommendation *recommendation, size_t row);

/* One paragraph: what to run, how to get it, what it buys and costs, when the answer changes. NULL
 * where nothing was measured. The caller frees. */
char *recommend_text(const struct result_workload *workload,
                     const struct recommendation *recommendation);
