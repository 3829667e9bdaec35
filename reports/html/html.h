/*
 * html: the parts of report.html. Each writes one piece of page.html, where its name stands in
 * {{braces}}, from struct result alone.
 *
 * The page is one file: style, script, data and chart library are inside, nothing is loaded. Read
 * without scripts and styles it is whole: tables, and pictures as SVG (svg.h). The script puts
 * charts that can be zoomed and asked for values in the place of the pictures.
 */
#pragma once

#include <stdio.h>

#include "result.h"

/* What the page is called; and the machine and the versions in one sentence each. */
void html_title(FILE *out, const struct result *result);
void html_facts(FILE *out, const struct result *result);

/* One card per workload: does it leak, and which allocator to run. */
void html_answers(FILE *out, const struct result *result);

/* Lines that put the best row into service, and behind them those of the others; nothing where
 * there is nothing to do. */
void html_deployment(FILE *out, const struct result_workload *workload);
void html_deployment_row(FILE *out, const struct result_workload *workload, size_t row);

/* One section per workload: curves, layers, tables, verdicts, trials to know about. */
void html_workloads(FILE *out, const struct result *result);

/* Each row over the number of its threads; nothing where no workload has any. */
void html_threads(FILE *out, const struct result *result);

/* What was measured where, and why the numbers can be believed, or not. */
void html_provenance(FILE *out, const struct result *result);

/* The curves for the script, as JSON: html_data.c says in which form. */
void html_data(FILE *out, const struct result *result);

/* Of a trace: how near its replay comes to the program, with the courses of both on each other;
 * nothing of any other load. */
void html_replay(FILE *out, const struct result_workload *workload);

/* The charts of one workload with the tables beside them; `index` makes ids unique. */
void html_charts(FILE *out, const struct result_workload *workload, size_t index);

/* What the leak tools say, and the flame graphs of profiles; nothing where no tool was run. */
void html_holding(FILE *out, const struct result *result, const struct result_workload *workload,
                  size_t index);

/* Tables of one workload: all numbers, what goes back to the system, verdicts, trials. */
void html_tables(FILE *out, const struct result_workload *workload, size_t index);

/* What holds on which hosts, as table and picture; nothing where there is one. */
void html_hosts(FILE *out, const struct result_workload *workload);

/* What each process of it held, and what it proved to run on; nothing where it was one. */
void html_processes(FILE *out, const struct result_workload *workload);

/* Its rows against each other; nothing where there is one. */
void html_comparison(FILE *out, const struct result_workload *workload);
