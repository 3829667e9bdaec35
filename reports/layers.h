/*
 * layers: of what the RSS of one subject consists, for a stacked area: live, kept by the allocator,
 * outside it (program, libraries, stacks, mappings), and LazyFree; the words are those of
 * attribution.h, and so is the order in which they take what is resident. What cannot be told apart
 * (without live all of them, without the allocator's books kept and outside) is a layer of its own.
 *
 * Where the allocator does not count live but the ledger did, in a pass of the same rounds, live is
 * the ledger's at the same cycle.
 *
 * Layers of medians would not add up. One trial is shown: that of the block whose anonymous RSS at
 * the end of the churn is the median one (of two, the lower).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "cleanup.h"
#include "result.h"

/* From the bottom up. */
enum layer { LAYER_LIVE, LAYER_KEPT, LAYER_UNTOLD, LAYER_OUTSIDE, LAYER_LAZY, LAYER_COUNT };
extern const char *const layer_names[]; /* "live", …; for people */

struct layers {
    const struct record *record; /* NULL: no valid trial */
    bool told[LAYER_COUNT];      /* false: it is in "not told apart"; of that: there is such */
    size_t count;
    double *position; /* curves.h */
    double *seconds;
    double *bytes[LAYER_COUNT];
    bool huge;          /* some of it was in transparent huge pages: */
    double *huge_bytes; /* whosever it is: a line across the layers */
    double top_bytes;
};

void layers_build(const struct result_row *row, size_t role, struct layers *out);
void layers_release(struct layers *layers);
DEFINE_AUTO(layers, layers_release)
