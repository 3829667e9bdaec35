/*
 * layers: of what the RSS of one subject consists, for a stacked area: is growth the application's
 * or the allocator's?
 *
 * Outside and inside do not measure the same thing: RSS is resident pages, the allocator counts
 * bytes, touched or not. So the layers are cut to what is resident, the surest first: live, then
 * thread caches, then metadata (jemalloc's is address space, of which little is touched), then free
 * in heap (of which most may have been given back). What then is left of anonymous RSS is "other
 * anonymous": stacks, pages partly used, and whatever the allocator does not tell.
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
enum layer {
    LAYER_LIVE,
    LAYER_THREAD_CACHE,
    LAYER_FREE,
    LAYER_METADATA,
    LAYER_OTHER,
    LAYER_FILE,
    LAYER_COUNT
};
extern const char *const layer_names[]; /* "live", …; for people */

struct layers {
    const struct record *record; /* NULL: no valid trial */
    bool told[LAYER_COUNT];      /* false: the allocator cannot tell, and it is in "other" */
    size_t count;
    double *position; /* curves.h */
    double *seconds;
    double *bytes[LAYER_COUNT];
    double top_bytes;
};

/* Can this layer be told apart at this point? Not where the allocator does not say, nor, between
 * live and file, where live takes all that is resident. */
bool layers_tell(const struct layers *layers, enum layer layer, size_t point);

void layers_build(const struct result_row *row, size_t role, struct layers *out);
void layers_release(struct layers *layers);
DEFINE_AUTO(layers, layers_release)
