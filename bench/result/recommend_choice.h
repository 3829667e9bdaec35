/*
 * recommend_choice: whether the scores are enough to leave the incumbent, and which row to name.
 *
 * A row is better where its gain is at least 5 %, the 95 % interval of its score has no loss in it,
 * it costs less on each host, and it does not keep more with every cycle where the incumbent does
 * not grow. The incumbent is left where better rows are, together, the best in at least 80 % of the
 * blocks drawn again. Not one row alone: settings of one allocator, or two good ones, share that
 * and would hold each other off, however much all of them gain.
 *
 * Needless switches among equal rows (3000 draws; spread of memory 3 %, CPU 5 %, p99 20 %) in
 * sessions of 3, 5, 10 blocks: 2.5, 2.5, 2.3 % of 5 rows, 1.3, 1.9, 2.4 % of 22; by the two
 * intervals alone 5 and 10 to 13 %. Four of them with 60 % less memory are left for in 99, 100,
 * 100 % (where one alone had to be the best: 25, 19, 16 %), with 30 % less in 48, 97, 100 %.
 *
 * Named is the best estimate, or, of better rows within 5 % of it, one that needs no setting.
 */
#pragma once

#include "recommend.h"

/* Sets `told`, `better` and `advised` from scores and best. */
void recommend_choose(const struct result_workload *workload, struct recommendation *out);

/* Of a replayed trace memory is known to twice the replay's error alone (replay_rule.h): so much of
 * the score, its logarithm, is unsure. Rows that are no further apart are not told apart: the
 * incumbent is the best estimate among them, and an interval without loss ends below it. 0 of any
 * other load. */
double recommend_unsure(const struct recommendation *recommendation);
bool recommend_told_apart(const struct recommendation *recommendation, int row, int other);

/* Not so much as 5 % apart in the score of the best estimate, or not told apart from it. */
bool recommend_is_near_best(const struct recommendation *recommendation, int row);
