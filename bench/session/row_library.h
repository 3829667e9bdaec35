/*
 * row_library: rows on a library that a row file names, in place of the machine's.
 */
#pragma once

#include "registry.h"
#include "row_file.h"
#include "store.h"

/* Can this library serve in place of the one that was linked, or preloaded, under the workloads of
 * `run`? -errno with a sentence. */
int row_library_check(const struct run *run, const struct allocator_row *row,
                      const struct row_file *own, struct err *err);

/* How one runs on a library that is no package of Debian's: link line and reason. -ENOMEM. */
int row_library_describe(struct run_row *row, const struct row_file *own);
