/*
 * yaml_tree: a YAML file as a tree of texts, lists and maps, each with its place. libyaml parses
 * it, once; nothing is interpreted: what a text means is said by who reads it (fields_file.h).
 *
 * Files are data from strangers. A file over its size, a depth over YAML_DEPTH_MAX, anchors,
 * aliases and tags (nothing here needs them, and they can make much of little) and a second
 * document are refused with their place.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "cleanup.h"
#include "err.h"

enum { YAML_DEPTH_MAX = 16 };

enum yaml_shape { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml {
    enum yaml_shape shape;
    int line, column;   /* from 1; 0: the file says nothing */
    char *text;         /* YAML_TEXT only */
    bool quoted;        /* so that even nothing was meant */
    struct yaml *items; /* of a list; of a map key, value, key, value, … */
    size_t count;       /* of items; of a map pairs */
};

struct yaml_tree {
    char *path;
    struct yaml root;
};

/* `what` is expected in the file, for messages: "a workload file". -ENOENT and other -errno when it
 * cannot be read; -EFBIG; -EINVAL with file:line:column when it is no YAML or says nothing. */
int yaml_tree_read(const char *path, size_t length_max, const char *what, struct yaml_tree *out,
                   struct err *err);
void yaml_tree_release(struct yaml_tree *tree);
DEFINE_AUTO(yaml_tree, yaml_tree_release)

/* The first value with this key; a dot leads into a map of a map: "ready.within". NULL: there is
 * none, or `map` (which may be NULL) is none. */
const struct yaml *yaml_find(const struct yaml *map, const char *key);

/* Put "file:line:column: " in front of the sentence in `err`; return -EINVAL. */
int yaml_err_at(const struct yaml_tree *tree, const struct yaml *place, struct err *err);
