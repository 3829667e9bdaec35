/*
 * spec: a workload file as data. First stage of the pipeline; pure.
 *
 * A workload is a YAML file in workloads/ (or any path): it opens with a comment saying which
 * question it answers and is read by the table of its keys (spec_keys.h). Mistakes are answered
 * with file, line, column and what was expected.
 *
 *     question: Does the long-lived peer grow when ...?
 *     load: rounds                 how it is played: a word of bench/scenarios
 *     peers: 8                     virtual peers per round, or processes at once
 *     rounds: 168                  a cycle is one peer's life: 8 x 168 = 1344 cycles
 *     drain: none                  none | poll | send | events | pollset
 *
 * Most keys are of the discovery application; scenarios say which of them they need (spec_rule).
 * All keys, their defaults and what they mean: spec_keys.c, printed by `heapchurn list --keys`.
 */
#pragma once

#include <stddef.h>

#include "cleanup.h"
#include "err.h"
#include "spec_rules.h"
#include "workload.h"

/* Read and check one file against the words of `loads`. What has a '/' or ends in .yaml is a path;
 * anything else is a name, found as DIRECTORY/name.yaml; an unknown one is answered with the
 * nearest. -ENOENT, -EINVAL (with file:line:column), -errno. The caller releases `out`. */
int spec_load_workload(const char *directory, const char *name_or_path,
                       const struct spec_load *loads, struct workload *out, struct err *err);

/* All workloads of a directory, sorted by name. A broken file hides no other: it is listed with its
 * name, its path and `broken`. The caller releases each and frees the array. */
int spec_list(const char *directory, const struct spec_load *loads, struct workload **out,
              size_t *out_count, struct err *err);

void workload_release(struct workload *workload);
DEFINE_AUTO(workload, workload_release)
