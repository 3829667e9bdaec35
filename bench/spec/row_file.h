/*
 * row_file: a row of one's own, without touching C: a base row, variables, and why.
 *
 *     # Does one arena per thread matter here?
 *     base: jemalloc
 *     environment: MALLOC_CONF=narenas:2
 *     reason: few arenas, as for a program with two busy threads
 *     defaults: "narenas: 4 per core"
 *
 * The row is called as the file, without .yaml. Variables are separated by spaces, or stand as a
 * list; those of the base row hold too, unless they are set again. `heapchurn run -a my/row.yaml`
 * runs it.
 */
#pragma once

#include "cleanup.h"
#include "err.h"
#include "workload.h"

struct row_file {
    char name[SPEC_NAME_MAX];
    char *base;
    char *reason;
    char *defaults;     /* NULL: not said */
    char **environment; /* "KEY=value", NULL-terminated */
};

/* What the row of this file is called. `out_name` has SPEC_NAME_MAX bytes. -EINVAL. */
int row_file_name(const char *path, char *out_name, struct err *err);

/* -ENOENT and other -errno, -EINVAL with file:line:column. */
int row_file_load(const char *path, struct row_file *out, struct err *err);
void row_file_release(struct row_file *row);
DEFINE_AUTO(row_file, row_file_release)
