/*
 * spec_rules: what no single key can say: keys that need or exclude each other.
 */
#pragma once

#include "spec_yaml.h"

/* 0, or -EINVAL with file:line:column of the key to change. */
int spec_rules_check(const struct spec_yaml *yaml, const struct workload *workload,
                     struct err *err);
