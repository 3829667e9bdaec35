/*
 * curves: RSS of one subject through all phases, one curve per row, ready to be drawn.
 *
 * x is a position: 0 to 1 over the churn in cycles, where growth per cycle is a slope, then
 * CURVES_AFTER each for the quiet time and the time after the release call, in time. So one picture
 * shows what grew and what came back.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "cleanup.h"
#include "result.h"

#define CURVES_AFTER 0.1
#define CURVES_END   (1 + 2 * CURVES_AFTER)

enum { CURVES_POINTS = 241 };

/* Anonymous RSS in bytes at equal steps of position from 0 to CURVES_END. */
struct curves_row {
    const char *name;                                                     /* borrowed */
    double median[CURVES_POINTS], min[CURVES_POINTS], max[CURVES_POINTS]; /* NaN: not sampled */
};

struct curves {
    struct curves_row *rows;
    size_t row_count;
    double top_bytes; /* the highest point of all; 0 when there is none */
};

void curves_build(const struct result_workload *workload, size_t role, struct curves *out);
void curves_release(struct curves *curves);
DEFINE_AUTO(curves, curves_release)

/* Where a sample of this record stands. */
double curves_position(const struct record *record, const struct record_sample *sample);

/* Is it one to draw: of this role, told, and not after the last phase, when the subject tears down
 * what it held and leaves? */
bool curves_shows(const struct record *record, size_t role, const struct record_sample *sample);
