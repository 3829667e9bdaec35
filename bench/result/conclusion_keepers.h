/*
 * conclusion_keepers: of a workload whose application lets go, what the allocators keep: which
 * rows, how fast it grows, which tunables return it, and what asking for it brings.
 */
#pragma once

#include <stdio.h>

#include "row_words.h"

/* Filters. Where the application is known to let go, growth of RSS that is not shown to lie
 * outside, and that the books do not leave open, is the allocator's on any row. */
bool conclusion_keeps(const struct result_row *row);
bool conclusion_gives_back(const struct result_row *row); /* measured, flat, and keeps nothing */

/* "anonymous RSS grows on glibc by 1.2 kB per cycle" of the rows of a filter. */
void conclusion_say_rss_growth(FILE *out, const struct result_workload *workload,
                               row_filter *filter);

/* Sentences, each behind a space; of the rows that keep. */
void conclusion_say_keepers(FILE *out, const struct result_workload *workload);
