/*
 * spec_rules: what no single key can say: which load it is, and keys that need or exclude each
 * other.
 */
#pragma once

#include "spec.h"
#include "yaml_tree.h"

/* The row of the workload's load; NULL, with file:line:column, where there is no such word. */
const struct spec_load *spec_rules_load(const struct yaml_tree *tree, const struct spec_load *loads,
                                        const struct workload *workload, struct err *err);

/* 0, or -EINVAL with file:line:column of the key to change. */
int spec_rules_check(const struct yaml_tree *tree, const struct spec_load *load,
                     const struct workload *workload, struct err *err);
