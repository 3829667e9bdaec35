/*
 * sections: parts of a report that say what the numbers mean, for the formats that are read by
 * people and for result.json. Each section is a file of its own, with one function per format.
 */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "gate.h"
#include "result.h"
#include "terminal.h"
#include "text_style.h"

/* The answers of all workloads together: what a reader wants first, and therefore on top of a file,
 * and at the end of what scrolls by on a terminal. */
void section_short_terminal(const struct result *result, struct terminal *terminal);
void section_short_markdown(const struct result *result, FILE *out);

/* Each row's verdict as a sentence, with the interval of the growth over blocks; of others only
 * where it is no plateau. Rows of which the same is to be said share it. */
void section_verdict_terminal(const struct result_workload *workload, struct terminal *terminal);
void section_findings_markdown(const struct result_workload *workload, FILE *out);

/* Rows against each other: for a terminal against one of them, elsewhere all pairs. Nothing where
 * there is one row. */
void section_comparison_terminal(const struct result_workload *workload, struct terminal *terminal);
void section_comparison_markdown(const struct result_workload *workload, FILE *out);
json_t *section_comparison_json(const struct result_workload *workload);

/* What holds on which hosts: verdicts, and rows against the reference. Nothing where there is one.
 */
void section_hosts_terminal(const struct result_workload *workload, struct terminal *terminal);
void section_hosts_markdown(const struct result_workload *workload, FILE *out);
json_t *section_hosts_json(const struct result_workload *workload); /* names and blocks of all */
/* Of one pair on comparisons[index]; null where there is one host. */
json_t *section_hosts_pair_json(const struct result_workload *workload, size_t index,
                                const struct comparison *pair);

/* Of a trace: how near its replay comes to the program. Nothing, and null, of any other load. */
void section_replay_terminal(const struct result_workload *workload, struct terminal *terminal);
void section_replay_markdown(const struct result_workload *workload, FILE *out);
json_t *section_replay_json(const struct result_workload *workload);

/* What to run. */
void section_recommendation_terminal(const struct result_workload *workload,
                                     struct terminal *terminal);
void section_recommendation_markdown(const struct result_workload *workload, FILE *out);
json_t *section_recommendation_json(const struct result_workload *workload);

/* How a row is put into service, and how to see that it was: of the best estimate. For result.json
 * of any row; null where there is nothing to do. */
void section_deployment_markdown(const struct result_workload *workload, FILE *out);
json_t *section_deployment_json(const struct result_workload *workload, size_t row);

/* Who holds what was not given back: lost, not freed at exit, held until the end, given back; with
 * the tools that say so, the ledger's check of each allocator's own count, and call sites. Nothing
 * where no pass was run. */
void section_holding_terminal(const struct result_workload *workload, struct terminal *terminal);
void section_holding_markdown(const struct result_workload *workload, FILE *out);
json_t *section_holding_json(const struct result_row *row);

/* What goes back to the system: by itself while nothing happens, and when asked. */
void section_giving_back_terminal(const struct result_workload *workload,
                                  struct terminal *terminal);
void section_giving_back_markdown(const struct result_workload *workload, FILE *out);
json_t *section_giving_back_json(const struct result_row *row);

/* Of roles that are several processes: how many, and what each held. Nothing where all were one. */
void section_processes_terminal(const struct result_workload *workload, struct terminal *terminal);
void section_processes_markdown(const struct result_workload *workload, FILE *out);

/* Each row over the number of its threads, where workloads have any. */
void section_threads_terminal(const struct result *result, struct terminal *terminal);
void section_threads_markdown(const struct result *result, FILE *out);

/* What the gate found: one line per check, and a sentence at the end. */
void section_gate_terminal(const struct gate_report *gate, FILE *out,
                           const struct text_style *style);
void section_gate_markdown(const struct gate_report *gate, FILE *out);
json_t *section_gate_json(const struct gate_report *gate);
