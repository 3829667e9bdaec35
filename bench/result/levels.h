/*
 * levels: who gave memory back after the load, and when, told from levels alone.
 *
 * A trend takes dozens of points along the churn, a level takes one. Where the peak of anonymous
 * RSS is LEVELS_LET_GO times what is live when all have left, or more, the application has let go
 * of the memory, whatever the trend may be, and what stays resident beyond live is the allocator's.
 * It has given it back when it holds at most 1/LEVELS_GIVEN_BACK of the peak. All are medians over
 * blocks of the primary subject.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct result_workload;

#define LEVELS_LET_GO     4
#define LEVELS_GIVEN_BACK 2

/* Live has no trend on any row; but live at quiescence is known on one at least, and small on every
 * row where it is known. */
bool levels_tell(const struct result_workload *workload);

/* Rows that gave half of the peak back only when asked, or not even then. */
size_t levels_kept(const struct result_workload *workload);

/* What was live, and which rows gave back when: under load, unasked, when asked, or never. */
void levels_say(FILE *out, const struct result_workload *workload);
