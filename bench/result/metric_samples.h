/*
 * metric_samples: the numbers of metrics.c that come from all looks at a subject and not from one
 * moment. NaN with the reason in *out_why, as metric_of().
 */
#pragma once

#include <stdbool.h>

#include "metrics.h"

/*
 * VmHWM is approximate (it can read below RSS) and samples miss what lasts less than a period, so
 * the peak is the larger of both. The start phase's VmHWM is left out: it saw the proof of
 * identity, which allocates on purpose, before the baseline.
 */
double metric_rss_peak(const struct metric *metric, const struct metric_input *input,
                       const char **out_why);

/*
 * The kernel keeps no high-water mark of anonymous pages. What of a VmHWM was not anonymous was at
 * most the largest file part ever seen, so VmHWM less that is a lower bound, and a tight one since
 * the file part hardly moves.
 */
double metric_rss_anon_peak(const struct metric *metric, const struct metric_input *input,
                            const char **out_why);

/*
 * The level of the last third of the churn: the mean over its work, in which every cycle weighs the
 * same however long it took. Ceilings and the recommendation go by it. Between two counts of cycles
 * work is taken to go on evenly in time. Neither does a slower machine move it, as it does a mean
 * over time where memory grows, nor does it jump, as a median does where memory goes up and down
 * or rises by steps: of a growing redis blocks lie 1.2 % apart, of storm 6.6 %, where medians over
 * time lay 7.8 and 15 % apart; of drained discovery 2.4 and 2.6 %.
 */
double metric_rss_anon_plateau(const struct metric *metric, const struct metric_input *input,
                               const char **out_why);

/* AnonHugePages is told by exact looks alone: at ends of rounds and of phases. */
double metric_anon_huge_peak(const struct metric *metric, const struct metric_input *input,
                             const char **out_why);

/* What memory costs where it is paid for by size and time: from the baseline to the end of the
 * quiet time, by trapezoids. A row that takes longer for its work pays for longer. */
double metric_rss_anon_integral(const struct metric *metric, const struct metric_input *input,
                                const char **out_why);

/*
 * From the end of the load until anonymous RSS, unasked, had fallen half of the way from its peak
 * under the load to where it was before, in ns; 0 where it had by then. `*out_never`: not within
 * the quiet time, which is the value then. The metric is NaN instead.
 */
double metric_half_back(const struct metric_input *input, bool *out_never, const char **out_why);
double metric_half_back_time(const struct metric *metric, const struct metric_input *input,
                             const char **out_why);
