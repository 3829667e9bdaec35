/*
 * compiled_map: a compiled trace (compiled_trace.h), mapped for playing.
 *
 * Header and tables are checked: every table lies in the file, every epoch has its participants,
 * slices end at epochs in order. The words of lanes are checked as they are played (lane.h).
 */
#pragma once

#include <stddef.h>

#include "cleanup.h"
#include "compiled_trace.h"
#include "err.h"

struct compiled_map {
    const struct compiled_header *header; /* NULL: nothing is mapped */
    const uint64_t *segments;
    const struct compiled_lane *lanes;
    const struct compiled_epoch *epochs; /* one more than there are */
    const uint32_t *participants;        /* lanes, by epoch */
    const struct compiled_slice *slices;
};

/* -EINVAL with a sentence where it is no compiled trace of this build; -errno. */
int compiled_map_open(const char *path, struct compiled_map *out, struct err *err);
void compiled_map_close(struct compiled_map *map);
DEFINE_AUTO(compiled_map, compiled_map_close)

/* Let go of the pages of the file: they are read again when they are needed, and count for nobody
 * until then. */
void compiled_map_forget(const struct compiled_map *map);
