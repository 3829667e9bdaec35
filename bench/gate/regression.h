/*
 * regression: did a number grow since the baseline?
 *
 * Hodges-Lehmann on logarithms with exact one-sided rank limits (hodges_lehmann.h). A rise is
 * called only when its lower limit lies above the margin: real and material. Several numbers are
 * tested at once by Holm's steps: the first at alpha / m, after each that is called at
 * alpha / (m - 1) and so on. With 10 values before and 5 after, and a spread of 2 %, a rise of
 * nothing is called in 0 %, one of 10 % in 94 % of sessions (statistics of the method, one test).
 */
#pragma once

#include <stddef.h>

#define REGRESSION_ALPHA  0.05
#define REGRESSION_MARGIN 0.05

enum { REGRESSION_BASELINE_BLOCKS = 10 };

enum regression_word {
    REGRESSION_TOO_FEW, /* values: no rise, however large, could be called */
    REGRESSION_SMALLER_THAN_MARGIN,
    REGRESSION_UNCLEAR, /* between: the limits enclose the margin */
    REGRESSION_RISE,
};

struct regression {
    const double *before, *after; /* NaN: missing; borrowed */
    size_t before_count, after_count;
    enum regression_word word;
    double ratio;     /* after / before; NaN without values */
    double low, high; /* one-sided 95 % limits of it, by themselves; 0 and infinity: none */
};

/* Fill in the answers of all. */
void regressions_decide(struct regression *list, size_t count);
