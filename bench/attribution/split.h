/*
 * split: level and growth of what one process occupies, split into live, kept, outside and lazy.
 *
 * Live is taken as touched as far as it fits: it comes first, then what the books say is kept, and
 * the rest is outside. How much of live and of the books may be untouched is in the intervals.
 * Where kept and outside cannot be told apart both run from nothing to all of `not live`.
 */
#pragma once

#include "accounts.h"

enum part { PART_LIVE, PART_KEPT, PART_OUTSIDE, PART_LAZY, PART_NOT_LIVE, PARTS };
/* "live", "kept", "outside", "lazy", "not_live", NULL. */
extern const char *const part_names[PARTS + 1];

struct growth_split {
    struct share part[PARTS]; /* of the growth of what is occupied */
    double bytes_per_cycle;   /* of what is occupied; NaN: no trend */
    bool untold;              /* kept and outside cannot be told apart */
    /* Of each part by itself, per cycle, also where it falls; of live all, touched or not. NaN: not
     * told. */
    double slope[PARTS];
};

/* Over the last third of the work. Bytes are NaN where not told. */
struct level_split {
    struct share part[PARTS]; /* of what is occupied */
    double occupied_bytes;
    double start_bytes; /* of what is not live, what the first row had already */
    double live_bytes, kept_bytes, outside_bytes;
    double kept_since_start_bytes, outside_since_start_bytes;
    double either_bytes; /* kept or outside, since the start, where they cannot be told apart */
    double enough_bytes; /* a part above this is worth a class: as much as live, and 4 MiB */
    bool untouched;      /* more live than resident */
};

void split_growth(const struct accounts *accounts, struct growth_split *out);
void split_level(const struct accounts *accounts, struct level_split *out);
