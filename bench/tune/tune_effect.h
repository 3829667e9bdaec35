/*
 * tune_effect: what a setting does to one cost, against the default of the same blocks.
 *
 * On logarithms, paired by block: rungs hold few blocks, so the spread is that of all settings of a
 * rung together, after settings and blocks are taken out (the residual of randomised complete
 * blocks), with as many degrees of freedom; a setting whose own differences spread more has its own
 * spread. Holm over all settings and costs together, the default measured again being one of
 * them. Seen is what is significant at 5 % then and at least 5 % large (tune_margin()); "same" has
 * its whole 90 % interval within 5 %; of anything else nothing was seen, which is not that nothing
 * is there: the interval says how large it could be.
 *
 * Of equal settings the default measured again is called different in fewer than 1 of 100 replays,
 * for noise of 1 to 20 %, equal or unlike between settings (tests/unit/test_tune_replays.c).
 */
#pragma once

#include <stddef.h>

#include "tune_data.h"

#define TUNE_ALPHA  0.05
#define TUNE_MARGIN 0.05

enum tune_word { TUNE_UNKNOWN, TUNE_NONE, TUNE_SAME, TUNE_LESS, TUNE_MORE };

struct tune_effect {
    enum tune_word word;
    size_t blocks;    /* in which both have a number */
    double ratio;     /* to the default; NaN: not known */
    double low, high; /* 95 %; NaN with one block, or where nothing tells the spread */
    double p, p_holm; /* NaN likewise */
};

/* ln of the ratio from which a difference counts: TUNE_MARGIN, and of memory of a replay no less
 * than that is known to (tune_data.h). */
double tune_margin(const struct tune_data *data, size_t cost);

/* Of every setting but the default, whose own is 1. Those in trouble are left out, as if they had
 * no number. */
void tune_effects(const struct tune_data *data,
                  struct tune_effect out[TUNE_COSTS][TUNE_SETTINGS_MAX]);
