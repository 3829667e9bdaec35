/*
 * paths: where heapchurn finds what belongs to it.
 */
#pragma once

#include "err.h"

enum { PATHS_MAX = 4096 };

/* The folder of workload files: HEAPCHURN_WORKLOAD_DIR when set, else workloads/ of the source tree
 * the program was built from. `out` has PATHS_MAX bytes. -ENOENT when it is not there. */
int paths_workloads(char *out, struct err *err);

/* The folder of peer-<name>, proxy-<name> and churner: that of the running program itself. */
int paths_programs(char *out, struct err *err);
