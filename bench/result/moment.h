/*
 * moment: whose the memory of a role was when a phase ended. The parts add up to what it occupied:
 * live + kept + outside + lazy, or live + not live + lazy where kept and outside cannot be told
 * apart.
 */
#pragma once

#include "pass.h"
#include "split.h"

struct moment {
    bool has_live;
    double part_bytes[PARTS]; /* NaN where not told */
    double foreign_bytes;     /* files, shared memory, stacks: outside for sure */
    double occupied_bytes;    /* RSS and swap */
};

/* False: nobody looked. `ledger` says live where the allocator does not; or NULL. */
bool moment_build(const struct record *record, size_t role, enum record_phase phase,
                  const struct pass *ledger, struct moment *out);
