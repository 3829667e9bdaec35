/*
 * spec_rules: what no single key can say: which load it is, and keys that need or exclude each
 * other.
 */
#pragma once

#include <stdbool.h>

#include "err.h"
#include "workload.h"

struct yaml_tree; /* yaml_tree.h */

/* What no single key can say: it holds where the file gives this key, which the message names. */
struct spec_rule {
    const char *key; /* NULL ends a list */
    bool (*broken)(const struct workload *workload);
    const char *sentence;
};

/* One word that `load:` may say. A later stage, the scenarios, brings them: nothing is known here
 * of how a load is played. */
struct spec_load {
    const char *word;                       /* NULL ends a list */
    const char *cycle_unit, *crowd, *round; /* as in struct workload */
    const char *round_unit;                 /* cycle_unit where a round counts as one; or NULL */
    const struct spec_rule *rules;          /* NULL: none */
    bool ends; /* what is measured ends by itself: one round, and no growth */
};

/* The row of the workload's load; NULL, with file:line:column, where there is no such word. */
const struct spec_load *spec_rules_load(const struct yaml_tree *tree, const struct spec_load *loads,
                                        const struct workload *workload, struct err *err);

/* 0, or -EINVAL with file:line:column of the key to change. */
int spec_rules_check(const struct yaml_tree *tree, const struct spec_load *load,
                     const struct workload *workload, struct err *err);
