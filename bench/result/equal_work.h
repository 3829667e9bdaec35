/*
 * equal_work: did every trial of a workload do the same? Where the work is a closed formula the
 * trial was held against it. Where it is a number that a program or its load told (counters "work"
 * and "work.NAME" of the primary role) there is no formula: what more than half of the valid trials
 * counted is right, and a trial that counted otherwise is no measurement of this workload. Where no
 * number has a majority, none is right. A trial that was repeated has one vote, that of its last
 * valid attempt.
 *
 * The candidate is found in one pass (Boyer and Moore's majority vote, 1981), and then counted.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "store.h"

enum { EQUAL_WORK_MAX = 16 };

struct equal_work {
    struct {
        const char *name; /* borrowed from the first record that counts it */
        int64_t value;
        size_t lead;          /* while the candidate is looked for */
        size_t votes, trials; /* for it, and of all that count this */
    } list[EQUAL_WORK_MAX];
    size_t count;
};

/* What the trials of this workload agree on. */
void equal_work_find(const struct stored_run *stored, const char *workload, struct equal_work *out);

/* False: `record` did other work, and `out` says which. */
bool equal_work_done(const struct equal_work *agreed, const struct record *record, char *out,
                     size_t size);
