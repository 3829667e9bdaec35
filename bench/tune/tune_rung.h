/*
 * tune_rung: which settings are measured next, and in how many blocks (successive halving: Jamieson
 * and Talwalkar 2016, by thirds).
 *
 *     0   the default, and the default again, once: how long does a trial take?
 *     1   every knob alone, as many as the budget has two blocks for
 *     2   the most promising third, and the best of them joined in pairs
 *     3   the most promising third of these, with all that is left of the budget
 *
 * The default and the default again are in every rung. Pure: the same data give the same rung.
 */
#pragma once

#include "tune_choice.h"

enum {
    TUNE_RUNGS = 4,
    TUNE_LEAST_SETTINGS = 3, /* beside the two defaults */
    TUNE_FIRST_BLOCKS = 2,
    TUNE_MOST_BLOCKS = 10,
};

struct tune_rung {
    struct tune_settings settings;
    int64_t blocks;  /* 0: nothing more is to be measured */
    size_t left_out; /* settings that the budget has no room for */
};

/* `rung`: from 0. `trials`: that the budget has time for. `wanted`: the defaults and the settings
 * to try, in order. `data`: of the rungs before. -ENOSPC with a sentence where not even three
 * settings fit; its `%`-free text says how many trials they need. */
int tune_rung_next(size_t rung, int64_t trials, const struct tune_settings *wanted,
                   const struct tune_data *data, const struct recommend_weights *weights,
                   struct tune_rung *out, struct err *err);

/* The share of the time that is left when a rung begins that it may take with what is repeated in
 * it; none of rung 0, which asks how long a trial takes. */
double tune_rung_share(size_t rung);

/* Trials that three settings need, or all where fewer are wanted. */
int64_t tune_least_trials(const struct tune_settings *wanted);
