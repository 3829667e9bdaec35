/*
 * accounts: what one process occupied along its work, row by row, in accounts that add up:
 *
 *     occupied = held + lazy            lazy: LazyFree, the kernel's for the asking
 *     held     = private + foreign      private: anonymous pages and swap, without stacks;
 *                                       foreign: shared memory, pages of files, stacks
 *     not live = held - live            outside = held - books        kept = books - live
 *
 * Books are what the allocator says it has: the smaller of heap and its own resident, at least
 * live. Bytes that leave the books while RSS does not fall with them stay in (released on paper
 * only). Differences are made row by row, so that noise common to two columns cancels.
 *
 * Of each account: the level (median over the last third of the work), the trend (bench/verdict/
 * trend.h, with the limits of RSS at the level of what is occupied), and the share of all growth:
 * its slope against the slope of all the rest, each limit against the opposite one of the rest.
 */
#pragma once

#include "memory_curve.h"
#include "verdict.h"

enum account {
    ACCOUNT_HELD,
    ACCOUNT_PRIVATE,
    ACCOUNT_FOREIGN,
    ACCOUNT_LAZY,
    ACCOUNT_OCCUPIED,
    ACCOUNT_LIVE,
    ACCOUNT_BOOKS,
    ACCOUNT_NOT_LIVE,
    ACCOUNT_KEPT,
    ACCOUNT_OUTSIDE,
    ACCOUNT_HUGE,
    ACCOUNT_FILE,
    ACCOUNTS
};

/* 0 to 1, with limits. NaN: cannot be told; the limits then are those of what it could be. */
struct share {
    double share, low, high;
};

struct accounts {
    const double *cycle; /* borrowed from the curve */
    size_t count;
    double *value[ACCOUNTS]; /* NaN where not known */
    double first[ACCOUNTS];  /* the first that is known */
    double level_bytes[ACCOUNTS];
    struct verdict_signal trend[ACCOUNTS];
    struct share growth[ACCOUNTS];
    bool has[MEMORY_COLUMNS];
    bool has_live, has_books;
    /* The books claim far more than there is room for: address space, or pages given back. */
    bool books_on_paper;
    bool kept_told; /* kept and outside can be told apart: there are books, and not on paper */
};

/* `count` rows of the curve from `from` on. */
void accounts_build(const struct memory_curve *curve, size_t from, size_t count,
                    struct accounts *out);
void accounts_release(struct accounts *accounts);

/* Median of `values` (one per row) between two shares of the work, 0 to 1. */
double accounts_median(const struct accounts *accounts, const double *values, double from,
                       double to);

/* Trend of a part that is no account, by the same limits. `values` may be NULL. */
void accounts_trend(const struct accounts *accounts, const double *values,
                    struct verdict_signal *out);

/* Not below 0; 0 for NaN: what is not known does not count. */
static inline double accounts_positive(double value)
{
    return value > 0 ? value : 0;
}
