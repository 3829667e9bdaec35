/*
 * replay_curves: the heap of a program and of its replay, over the same time.
 *
 * The original was looked at in its own time, the replay at the end of each slice, of which it is
 * known when it ended in recorded time. Both are told in equal steps from the beginning to the end
 * of each: the recorder slows a program down, so that seconds of the one are not those of the
 * other.
 *
 * A step holds the most there was in it; where nobody looked, what was seen last; NaN before the
 * first look.
 */
#pragma once

struct result_row;
struct trace_facts;
struct trace_run;

enum { REPLAY_CURVE_POINTS = 240 };

void replay_curve_original(const struct trace_run *run, double *out);

/* The median of the blocks at each step. `outside_bytes`: anonymous, but no heap. All NaN where the
 * facts do not say when slices ended. */
void replay_curve_replayed(const struct result_row *row, const struct trace_facts *facts,
                           double outside_bytes, double *out);
