/*
 * paths: where heapchurn finds what belongs to it.
 *
 * Installed, it is <prefix>/bin/heapchurn, and the rest lies beside bin: programs in
 * libexec/heapchurn, libraries that are preloaded in lib/heapchurn, workloads and other data in
 * share/heapchurn. They are found from where the running program lies, so that a prefix may be
 * moved; HEAPCHURN_PREFIX names another prefix. In a build tree programs and libraries lie beside
 * heapchurn, workloads in the source tree.
 */
#pragma once

#include "err.h"

enum { PATHS_MAX = 4096 };

/* The folder of workload files: HEAPCHURN_WORKLOAD_DIR when set, else that of the installation or
 * of the source tree. `out` has PATHS_MAX bytes. -ENOENT when it is not there. */
int paths_workloads(char *out, struct err *err);

/* Likewise the folder of row files: HEAPCHURN_ROW_DIR, else that of the installation or of the
 * source tree. */
int paths_rows(char *out, struct err *err);

/* The folder of the programs of trials. */
int paths_programs(char *out, struct err *err);

/* The folder of the libraries that go with the programs in `programs`: that folder itself, unless
 * it is the installation's. */
int paths_libraries(const char *programs, char *out, struct err *err);
