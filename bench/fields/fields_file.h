/*
 * fields_file: a struct from a YAML file, by its table of fields. Mistakes are answered with file,
 * line, column and what was expected:
 *
 *     mine.yaml:4:1: unknown key 'ronds' (did you mean 'rounds'?)
 *     mine.yaml:2:8: rounds: 'many' is given; expected a whole number
 *
 * Defaults are parsed as if they stood in the file.
 */
#pragma once

#include <stddef.h>

#include "cleanup.h"
#include "err.h"
#include "field.h"
#include "yaml_tree.h"

/* What kind of file is read. */
struct fields_format {
    const struct field *fields;
    const char *what;     /* "a workload file" */
    const char *least;    /* what it cannot do without: "'question'" */
    const char *keys_are; /* "'heapchurn list --keys' lists them" */
    size_t length_max;    /* bytes */
};

/* Fill the struct `into`, which is zero. `out_tree` keeps the places, for what no single key can
 * say. -ENOENT and other -errno when the file cannot be read, -EFBIG, -EINVAL with
 * file:line:column; `into` is then to be released too. */
int fields_file_read(const char *path, const struct fields_format *format, void *into,
                     struct yaml_tree *out_tree, struct err *err);

/* Put "file:line:column: key: " of that key's value in `map` (or of its map when it is absent) in
 * front of the sentence in `err`; return -EINVAL. */
int fields_file_err_at(const struct yaml_tree *tree, const struct yaml *map, const char *key,
                       struct err *err);
