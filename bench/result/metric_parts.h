/*
 * metric_parts: the numbers of metrics.c that say whose the memory was. `metric->field` is the part
 * (enum part). NaN with the reason in *out_why, as metric_of().
 */
#pragma once

#include "metrics.h"

double metric_part_at_end(const struct metric *metric, const struct metric_input *input,
                          const char **out_why);

/* Files, shared memory and stacks: of what is outside the part that is known without the books. */
double metric_foreign_at_end(const struct metric *metric, const struct metric_input *input,
                             const char **out_why);

double metric_part_per_cycle(const struct metric *metric, const struct metric_input *input,
                             const char **out_why);
