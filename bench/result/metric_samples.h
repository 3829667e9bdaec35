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
 * The level that the churn settles on, if it does: the median, over time, of its last third. What
 * ceilings and the recommendation go by, since no moment of the sampling can move it; where memory
 * still rises by steps, how long a step takes does (of one redis -36 and -49 % between two rows).
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
