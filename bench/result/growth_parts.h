/*
 * growth_parts: whose the growth of RSS is, over all rows: the application's share, what the
 * allocators keep of it and how much that differs, and what lies outside all of them.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "result.h"

/* Sentences, each with a space before it; none where nothing grows. */
void growth_parts_say(FILE *out, const struct result_workload *workload);

/* Something grows that is the allocator's or outside, and which cannot be told. */
bool growth_parts_kept_or_outside(const struct result_row *row);
