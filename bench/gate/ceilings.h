/*
 * ceilings: what the memory of a row may be, as a file.
 *
 *     ceilings:
 *       - workload: discovery-drained
 *         row: glibc
 *         subject: web                     a measured role of the workload
 *         metric: rss_anon_plateau_bytes   a key of result.json
 *         at_most: 2176 KiB                with a unit, as the metric has one: KiB, ms
 *         host: arm-*                      optional: of blocks on hosts of this name (a shell
 * pattern) leaks_expected:                      optional: rows that are known to leak
 *       - workload: leak
 *         row: glibc
 *         why: a leak is injected
 *
 * Mistakes are answered with file, line, column and what was expected.
 * `heapchurn ceilings DIR` writes such a file from a measured run (ceilings_write.h).
 */
#pragma once

#include <stddef.h>

#include "cleanup.h"
#include "err.h"
#include "metrics.h"

struct ceiling {
    char *workload, *row;
    char *subject; /* name of a measured role */
    char *metric_as_written;
    enum metric_id metric;
    double at_most; /* in the unit of the metric */
    char *at_most_as_written;
    char *host; /* shell pattern; "": any */
    int line;
};

struct expected_leak {
    char *workload, *row, *why;
    int line;
};

struct ceilings {
    char *path;
    struct ceiling *items;
    size_t count;
    struct expected_leak *leaks;
    size_t leak_count;
};

/* -ENOENT and other -errno when the file cannot be read; -EINVAL with file:line:column: no YAML, an
 * unknown or missing key, an unknown metric, a size without unit or below 0, the same
 * ceiling twice, no ceiling at all. */
int ceilings_load(const char *path, struct ceilings *out, struct err *err);
void ceilings_release(struct ceilings *ceilings);
DEFINE_AUTO(ceilings, ceilings_release)
