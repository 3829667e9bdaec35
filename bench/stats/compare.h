/*
 * compare: are two rows of the comparison really different?
 *
 * Rows ran in randomised complete blocks, so a row is compared with another inside each block, and
 * drift of the machine cancels: 95 to 97 % coverage under every drift tried, where running rows one
 * after the other has 65 to 92 %. On logarithms, since allocators differ by factors.
 *
 *     ratio        median of the paired ratios (an outlier run does not move it)
 *     interval     95 % t-interval of the mean log ratio
 *     better/worse significant at 5 % after Holm over all pairs, AND at least 5 % apart
 *     same         the whole 90 % interval lies within 5 % of 1 (two one-sided tests)
 *     undecided    neither
 *
 * The same ratio in every block (figures are whole pages) has no spread that a p or an interval
 * could be told from: there is none then, and from COMPARE_BLOCKS_WITHOUT_SPREAD on the ratio alone
 * decides by the same 5 %.
 *
 * Four identical rows, any of the six pairs called different: 0.01 % of sessions at 1 % noise from
 * run to run, up to 1.3 % at 3 % noise, 2 to 3.5 % at 5 % noise.
 *
 * Blocks of several hosts (over_hosts.h): the effect is the geometric mean over hosts, each
 * counting once; p and interval are about the hosts measured, by the spread of blocks within them.
 * Where hosts have one block each there is no such spread: then by the spread of hosts, and nothing
 * is said of a host alone. A host alone is better or worse where its ratio is 5 % off and its own
 * 95 % interval on that side of 1. Where hosts differ (F test at 5 %, or no spread within them) and
 * are not all of one word, the pair's is undecided. Where one host has no effect and the others -15
 * %, at 3 % noise and three blocks a host, all are said to agree in 0.8 to 1.6 % of sessions (2 to
 * 10 hosts), and to differ in 88 to 94 %.
 *
 * Smaller is better: all that is compared are costs (bytes, CPU, waiting).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define COMPARE_ALPHA  0.05
#define COMPARE_MARGIN 0.05

enum { COMPARE_BLOCKS_WITHOUT_SPREAD = 3 };

enum comparison_word {
    COMPARISON_UNDECIDED,
    COMPARISON_SAME,
    COMPARISON_BETTER,
    COMPARISON_WORSE,
    /* Of replays, never said here: what was measured does not stand for the program so exactly. */
    COMPARISON_NOT_TOLD_APART,
    COMPARISON_NOT_RANKED,
    COMPARISON_WORDS
};
extern const char *const comparison_words[]; /* "undecided", …; NULL-terminated */

struct comparison {
    size_t row, reference;     /* indices of rows, reference < row */
    enum comparison_word word; /* what `row` is against `reference` */
    size_t blocks;             /* in which both have a number */
    double ratio;              /* row / reference; NaN when it cannot be told */
    bool no_spread;            /* in two blocks or more */
    double low, high;          /* 95 %; NaN with fewer than two blocks; the ratio without spread */
    double low_90, high_90;    /* what "same" is decided by */
    double p, p_holm;          /* two-sided; NaN with fewer than two blocks, or without spread */

    /* Over hosts, with two or more. */
    size_t hosts;           /* in which both have a number; 0 or 1: nothing below holds */
    size_t hosts_agree;     /* that alone are of the pair's word; of none if it is undecided */
    bool hosts_differ;      /* and not all are of one word: `word` is undecided for that */
    double least, greatest; /* ratios of hosts */
    double others_low, others_high; /* 95 % for the mean over hosts like them */
};

/* Where blocks were measured. */
struct compare_hosts {
    const size_t *of_block; /* index of a host */
    size_t count;
};

/* One host alone, of two or more. */
struct compare_host {
    size_t blocks;
    double ratio, low, high; /* 95 %; NaN where no host has two blocks */
    enum comparison_word word;
};

static inline size_t compare_pair_count(size_t rows)
{
    return rows < 2 ? 0 : rows * (rows - 1) / 2;
}

/*
 * All pairs of `rows`, in the order (0,1) (0,2) … (1,2) …, into `out` with room for
 * compare_pair_count(rows). values[row * blocks + block]; NaN: missing, the block is left out of
 * the pairs of that row. A value that is not positive has no logarithm: its pairs are undecided
 * with NaN for every number.
 */
void compare_rows(const double *values, size_t rows, size_t blocks, struct comparison *out);

/* The same for blocks of several hosts. */
void compare_rows_over(const struct compare_hosts *hosts, const double *values, size_t rows,
                       size_t blocks, struct comparison *out);

/* One pair, host by host: into `out_each` with room for hosts->count. */
void compare_on_each(const struct compare_hosts *hosts, const double *reference, const double *row,
                     size_t blocks, struct compare_host *out_each);
