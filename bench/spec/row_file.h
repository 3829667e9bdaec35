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
 *
 * A row may also be an allocator as another library, in place of the machine's:
 *
 *     allocator: jemalloc           or base: jemalloc+decay0, with the variables of that row
 *     library: /opt/jemalloc-5.3.1/lib/libjemalloc.so.2
 *     label: 5.3.1
 *
 * is the row jemalloc@5.3.1 (jemalloc@5.3.1+decay0), whatever the file is called. `environment` and
 * `reason` may then be left out. Whether the library is there is not looked at here.
 */
#pragma once

#include "allocator.h"
#include "cleanup.h"
#include "err.h"
#include "workload.h"

enum { ROW_LABEL_MAX = 32 };

struct row_file {
    char name[SPEC_NAME_MAX];
    char *base;
    char *allocator; /* NULL: only read from the file, where it stands for `base` */
    char *library;   /* absolute; NULL: the machine's */
    char *label;     /* NULL without library */
    char *reason;    /* NULL: not said */
    char *defaults;  /* NULL: not said */
    enum allocator_huge_pages huge_pages;
    char **environment; /* "KEY=value", NULL-terminated; NULL: none */
};

/* -ENOENT and other -errno, -EINVAL with file:line:column. */
int row_file_load(const char *path, struct row_file *out, struct err *err);
void row_file_release(struct row_file *row);
DEFINE_AUTO(row_file, row_file_release)
