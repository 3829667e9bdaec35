/*
 * replay_rule: what a replay lets be said of rows, by how near it comes (replay_check.h).
 *
 *     good         rows are ranked and one may be recommended. Memory that differs by less than
 *                  twice what the replay is off, or than the program does by itself, is not told
 *                  apart, whatever the blocks say.
 *     indicative, unchecked
 *                  figures: no row is called better, worse or the same as another, and none
 *                  recommended
 *     refused      likewise, and the gate does not judge by it
 *
 * A load that is no trace is measured itself: everything may be said.
 */
#pragma once

#include <stdbool.h>

#include "compare.h"
#include "metrics.h"

struct replay_check;
struct result_workload;

/* May rows be ranked, and one recommended? */
bool replay_rule_ranks(const struct replay_check *check);

/* ln of the ratio from which this is told apart; 0: any is. What is told of the peak or of the end
 * keeps to what is known of that, other memory to the less exact of the two. */
double replay_rule_unsure(const struct replay_check *check, enum metric_id metric);

/* Is it memory, and so near to 1 that it is not told apart? */
bool replay_rule_near(const struct replay_check *check, enum metric_id metric, double ratio);

/* The word that is left of one. */
enum comparison_word replay_rule_word(const struct replay_check *check, enum metric_id metric,
                                      double ratio, enum comparison_word word);

/* Of all pairs of a workload whose comparisons are made. */
void replay_rule_comparisons(struct result_workload *workload);

/* What the words of its comparisons leave out, and why, as one sentence; NULL: nothing. The caller
 * frees. */
char *replay_rule_remark(const struct replay_check *check);

/* What to run, or why nothing is said of it; NULL: there is nothing to say. */
const char *replay_rule_advice(const struct result_workload *workload);
