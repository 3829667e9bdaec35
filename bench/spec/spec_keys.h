/*
 * spec_keys: a workload as one table. A row is one key of workload files: parser, defaults, ranges
 * and messages, `heapchurn list --keys`, run.json, result.json and the comparison of two runs all
 * read it. A new key is one row and one member of struct workload.
 */
#pragma once

#include "field.h"
#include "workload.h"

extern const struct field spec_keys[]; /* of struct workload; ends with name NULL */
