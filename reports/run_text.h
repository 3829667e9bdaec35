/*
 * run_text: sentences about a run that more than one format says.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "result.h"

/* Is it about programs that use libzmq? Those of users are their own. */
bool run_text_uses_libzmq(const struct run *run);

/* "Debian GNU/Linux 12, Linux 6.1.0, 2 cores of AMD EPYC, THP madvise, ASLR on, libzmq 4.3.4". */
const char *run_text_host(const struct result *result, char *out, size_t size);

/* "glibc 2.36, tcmalloc 2.10, jemalloc 5.3.0": each allocator once, as its subjects said. */
const char *run_text_versions(const struct result *result, char *out, size_t size);

/* "8 guests x 168 rounds = 1344 cycles, a visit each; 3 blocks, 14 of 15 valid". */
const char *run_text_plan(const struct result *result, const struct result_workload *workload,
                          char *out, size_t size);

/* "Not available here: mimalloc, mimalloc+thp (libmimalloc is not installed).": the rows that were
 * asked for and left out; NULL where there are none. Of more reasons than these none is told, only
 * where they are. The caller frees. */
char *run_text_absent(const struct result *result, size_t reasons_max);
