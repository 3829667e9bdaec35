/*
 * comparable: may two stored runs be compared? Only when the machine, the versions, the settings
 * and the work were the same; a difference of memory could come from any of these.
 */
#pragma once

#include "result.h"

/* One difference per line ("kernel: 6.1.0 here, 6.2.0 there"), or NULL when there is none. Rows and
 * workloads that only one of the two has are no difference, having none in common is. The caller
 * frees. */
char *comparable_differences(const struct result *here, const struct result *there);

/* The workload of the same name in another run, or NULL. */
const struct result_workload *comparable_workload(const struct result *there, const char *name);

/* The row of the same workload and name in another run, or NULL. */
const struct result_row *comparable_row(const struct result *there, const char *workload,
                                        const char *row);
