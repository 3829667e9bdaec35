/*
 * sections: parts of a report that say what the numbers mean, for the formats that are read by
 * people and for result.json. Each section is a file of its own, with one function per format.
 */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "report_style.h"
#include "result.h"

/* Each row's verdict as a sentence, with the interval of the growth over blocks; of the proxy only
 * where it is no plateau. */
void section_verdict_terminal(const struct result_workload *workload, FILE *out,
                              const struct report_style *style);

/* Rows against each other: for a terminal against one of them, elsewhere all pairs. Nothing where
 * there is one row. */
void section_comparison_terminal(const struct result_workload *workload, FILE *out,
                                 const struct report_style *style);
void section_comparison_markdown(const struct result_workload *workload, FILE *out);
json_t *section_comparison_json(const struct result_workload *workload);

/* What to run. */
void section_recommendation_terminal(const struct result_workload *workload, FILE *out,
                                     const struct report_style *style);
void section_recommendation_markdown(const struct result_workload *workload, FILE *out);
json_t *section_recommendation_json(const struct result_workload *workload);
