/*
 * trend: does one signal grow, lie flat, or can it not be told?
 *
 * The warm-up, the first 30 % of the work, is ignored. The rest is cut into ten slices of equal
 * work (not time: a machine that slows down is not a leak that levels off), each stands for itself
 * with a low quantile, since backlog makes spikes upwards. Growth is Theil-Sen through the slices:
 *
 *     GROW   its lower limit over the judged work exceeds the tolerance, and the second half keeps
 *            at least the share `pace` of the first half's slope; `sure_pace` of it, where the
 *            limits of the two slopes lie apart: what fills a cache comes in ever more slowly
 *     FLAT   its upper limit stays below the flat limit, over the whole or over the second half
 */
#pragma once

#include <stddef.h>

#include "verdict.h"

struct trend_limits {
    double quantile;                         /* what a slice stands for */
    double tolerance_share, tolerance_bytes; /* of the level; the larger one counts */
    double flat_share, flat_bytes;
    double pace, sure_pace;
};

extern const struct trend_limits trend_live;
extern const struct trend_limits trend_rss;

/* `value` may be NULL or hold NaN. */
void trend_judge(const double *cycle, const double *value, size_t count,
                 const struct trend_limits *limits, struct verdict_signal *out);

/* The same for a part of something: what counts as growth is a share of the whole's level. NaN: of
 * its own. */
void trend_judge_part(const double *cycle, const double *value, size_t count,
                      const struct trend_limits *limits, double whole_bytes,
                      struct verdict_signal *out);
