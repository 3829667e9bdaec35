/*
 * recommend_findings: what the findings have to say about an advice whose ranking is measured: what
 * no row can change, whose the difference between two rows is, and what returns that which a row
 * keeps without leaving it.
 *
 * Advice does not go against them: a row that keeps more with every cycle, where the incumbent
 * does not grow, is cheaper only as long as the run was.
 */
#pragma once

#include <stdio.h>

#include "recommend.h"

/* Whose growth goes on under any row of the workload. */
enum growth_owner { GROWTH_OF_NONE, GROWTH_OF_APPLICATION, GROWTH_OUTSIDE };
enum growth_owner recommend_growth_on_all(const struct result_workload *workload);

/* What `row` keeps, or may keep, grows, and nothing grows on `other`. */
bool recommend_grows_alone(const struct result_workload *workload, int row, int other);

/* "what jemalloc keeps grows by 1.2 kB per cycle, and on glibc nothing grows" */
void recommend_say_grows_alone(FILE *out, const struct result_workload *workload, int row,
                               int other);

/* Sentences, each with a space before it. */
void recommend_say_growth_on_all(FILE *out, const struct result_workload *workload);
void recommend_say_difference(FILE *out, const struct result_workload *workload,
                              const struct recommendation *is);
/* What the row of this index keeps, and what would return it: it does so by itself, when asked, by
 * a tunable. */
void recommend_say_return(FILE *out, const struct result_workload *workload, int index);
