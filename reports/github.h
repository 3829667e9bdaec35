/*
 * github: what GitHub Actions shows of a run by itself: annotations beside the ceilings file, and a
 * summary on the page of the job.
 */
#pragma once

#include <stdio.h>

#include "err.h"
#include "result.h"

/* The summary: the gate, then who holds the memory and what to run. Markdown, below the 1 MiB that
 * GitHub takes. */
void github_summary(const struct result *result, FILE *out);

/* `::error file=…,line=…::` for each check that fails or is undecided, `::warning` for those that
 * warn; at most ten of a kind are shown, so the tenth counts the rest. */
void github_annotations(const struct result *result, FILE *out);

/* Under GITHUB_ACTIONS=true print the annotations on `out` and append the summary to the file that
 * GITHUB_STEP_SUMMARY names. Elsewhere nothing. */
int github_publish(const struct result *result, FILE *out, struct err *err);
