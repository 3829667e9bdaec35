/*
 * spec_rules: what no single key can say: keys that need or exclude each other.
 */
#pragma once

#include "spec.h"
#include "yaml_tree.h"

/* 0, or -EINVAL with file:line:column of the key to change. */
int spec_rules_check(const struct yaml_tree *tree, const struct workload *workload,
                     struct err *err);
