/*
 * row_lookup: what a row is that was asked for by name.
 */
#pragma once

#include "err.h"
#include "registry.h"
#include "row_file.h"

/* A row of this build that can be measured here. -ENOENT with a sentence: the nearest name, of row
 * files too, or what would bring it. */
int row_lookup(const char *name, struct allocator_row *out, struct err *err);

/* The row file that is meant by `name`, which may be a path (row_files.h), and which the caller
 * frees; NULL: a row of this build is meant, or there is no such file. */
char *row_lookup_file(const char *name);

/* Is the file at `path`, which was asked for as `name`, called so? Its row is called `row`. -EINVAL
 * with a sentence where another row would be measured than was asked for. */
int row_lookup_agrees(const char *name, const char *path, const char *row, struct err *err);

/* The row's variables, and those of `own` (NULL: none), which hold where both set one. The caller
 * frees each, and the NULL-terminated list. */
char **row_lookup_environment(const struct allocator_row *row, const struct row_file *own);
