/*
 * ci_numbers: the few numbers whose history is worth keeping, for services that plot them: the
 * level and the peak of anonymous RSS, live, kept and outside at the end of the churn, CPU and join
 * p99 of the primary subject, the level of each other one. All of them are better when smaller.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "result.h"

struct ci_number {
    const struct result_workload *workload;
    const struct result_row *row;
    const char *subject;
    const struct metric *metric;
    const struct estimate *estimate; /* available */
};

/* The next one; start with *cursor 0. False when there is none. What is not available is left out.
 */
bool ci_numbers_next(const struct result *result, size_t *cursor, struct ci_number *out);
