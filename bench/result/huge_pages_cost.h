/*
 * huge_pages_cost: what transparent huge pages cost a row, where it was measured beside itself
 * without them (jemalloc beside jemalloc+nothp).
 */
#pragma once

#include <stdio.h>

#include "result.h"

/* A sentence for each such pair that differs by 5 % or more at the end of the churn, with a blank
 * in front; nothing where there is none. */
void huge_pages_cost_say(FILE *out, const struct result_workload *workload);
