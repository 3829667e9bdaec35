/*
 * voted_findings: what several repetitions found: findings of more than half of them, with size and
 * interval over those that have it. Repetitions average away noise, not shape.
 */
#pragma once

#include "attribution.h"

struct voted_finding {
    struct finding finding; /* of the run with the median size; its size is the mean */
    double low, high;       /* 95 % t-interval of the size over the runs; NaN with one */
    size_t found;           /* runs that have it */
};

struct voted_findings {
    struct voted_finding list[FINDINGS_MAX]; /* in the order of struct findings */
    size_t count;
    size_t runs;
};

void voted_findings_build(const struct attribution *runs, size_t count, struct voted_findings *out);

const struct voted_finding *voted_findings_get(const struct voted_findings *findings,
                                               enum finding_kind kind);

/* The one that a class is named after, or NULL. */
const struct voted_finding *voted_findings_of_class(const struct voted_findings *findings,
                                                    enum verdict_kind kind);

/* finding_sentence(), and in how many of the runs. Returns `out`. */
const char *voted_finding_sentence(const struct voted_findings *findings, size_t index, char *out,
                                   size_t size);
