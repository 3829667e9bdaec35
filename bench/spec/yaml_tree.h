/*
 * yaml_tree: a YAML file as libyaml sees it. libcyaml reads and refuses our files, but its messages
 * may name an earlier place than the mistake's; here is where each thing stands.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "cleanup.h"
#include "err.h"

struct yaml_tree {
    const char *path; /* borrowed, for messages */
    yaml_parser_t parser;
    yaml_document_t document; /* the first one */
    bool parser_open, loaded;
};

/* `text` is not needed any more afterwards; `out` is to be closed after a failure too. -EINVAL with
 * file:line:column: no YAML; -ENOMEM. */
int yaml_tree_open(const char *path, const char *text, size_t length, struct yaml_tree *out,
                   struct err *err);
void yaml_tree_close(struct yaml_tree *tree);
DEFINE_AUTO(yaml_tree, yaml_tree_close)

/* NULL: the file says nothing. */
const yaml_node_t *yaml_tree_root(struct yaml_tree *tree);

const yaml_node_t *yaml_tree_node(struct yaml_tree *tree, int index);

/* A scalar's text; NULL for a list or mapping. */
const char *yaml_tree_text(const yaml_node_t *node);

/* The first value with this key; NULL: there is none, or `mapping` (which may be NULL) is none. */
const yaml_node_t *yaml_tree_find(struct yaml_tree *tree, const yaml_node_t *mapping,
                                  const char *key);

/* Put "file:line:column: " in front of the sentence in `err`; return -EINVAL. */
int yaml_tree_err_at(const struct yaml_tree *tree, const yaml_mark_t *mark, struct err *err);
