/*
 * tune_choice: which settings are worth their price, from what was seen of them.
 *
 * A gain counts when it is seen (tune_effect.h); a loss already when its own 95 % interval has no
 * gain in it, since nobody is to pay for what a correction hid. What does not count is as the
 * default; but of settings joined, where nothing was seen, as the dearest of them alone, since a
 * pair of few blocks is not free of what one of them was seen to cost. One setting is dominated by
 * another that costs less in something and more in nothing; what is left is the frontier of memory,
 * CPU and join p99. What to run is the point of it with the lowest weighted mean of log ratios, and
 * the default unless that gains 5 % at least. Of a replay by which nothing may be ranked there is
 * no frontier, and what to run is not said (`best` is the default). Pure.
 */
#pragma once

#include "recommend.h"
#include "tune_effect.h"

enum { TUNE_NOTHING = -1 };

struct tune_line {
    struct tune_effect effect[TUNE_COSTS];
    double seen[TUNE_COSTS]; /* log ratio of what counts, else 0 */
    double score;            /* weighted mean of these */
    bool on_frontier;
};

struct tune_choice {
    struct tune_line line[TUNE_SETTINGS_MAX]; /* as data->settings */
    size_t count;
    struct recommend_weights weights; /* a cost that nothing tells weighs 0 */
    bool told[TUNE_COSTS];            /* is there such a cost under this workload? */
    int best;                         /* the setting to run: 0 is the default */
    /* The nearest memory weights, the others in proportion, at which another one would be the
     * best; NaN and TUNE_NOTHING: none does. */
    double flip_below, flip_above;
    int flip_below_line, flip_above_line;
    bool default_differs; /* the default measured again is called different: trust nothing */
};

/* `lenient`: what a first look lets one hope for counts as seen (p below 10 %, uncorrected); for
 * choosing what is measured on, not for telling. */
void tune_choose(const struct tune_data *data, const struct recommend_weights *weights,
                 bool lenient, struct tune_choice *out);

/* Settings by how promising they are: those that none dominates first, then what is left when these
 * are taken away, and so on; among equals by score. Without the defaults and those in trouble.
 * Returns how many. */
size_t tune_rank(const struct tune_data *data, const struct tune_choice *choice, size_t *out);
