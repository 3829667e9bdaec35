/*
 * life: one life of one process while it is judged. Internal to attribution: life_find_growth() and
 * life_find_levels() say what there is, life_classify() names it.
 */
#pragma once

#include "attribution.h"

struct life {
    const struct memory_curve *curve;
    size_t from; /* first row */
    struct accounts accounts;
    struct verdict_signal live; /* by live's own limits */
    struct verdict_signal held; /* by RSS's limits, of its own level */

    bool not_live_minor_leak; /* not live surely rises more than live */
    bool not_live_grows, untold, kept_grows, outside_grows;
    double kept_bytes, outside_bytes, not_live_bytes; /* per cycle */
    bool kept_high, outside_high, either_high;
};

void life_find_growth(struct life *life, struct attribution *out);
void life_find_levels(struct life *life, struct attribution *out);
void life_classify(const struct life *life, struct attribution *out);
