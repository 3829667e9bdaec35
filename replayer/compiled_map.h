/*
 * compiled_map: a compiled trace (compiled_trace.h), open for playing.
 *
 * Its tables are mapped. Segments are read (compiled_map_read): of a mapping the kernel maps what
 * it likes around a page that is needed, up to a whole folio of the file, so that nobody knew how
 * much of the most that was resident in a process is the file's. Of python's replay that was up to
 * 1.2 MiB, which counted as heap.
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
    const uint64_t *segments;             /* to look at; who plays reads them */
    const struct compiled_lane *lanes;
    const struct compiled_epoch *epochs; /* one more than there are */
    const uint32_t *participants;        /* lanes, by epoch */
    const struct compiled_slice *slices;
    int fd; /* of the file, for segments */
};

/* -EINVAL with a sentence where it is no compiled trace of this build; -errno. */
int compiled_map_open(const char *path, struct compiled_map *out, struct err *err);
void compiled_map_close(struct compiled_map *map);
DEFINE_AUTO(compiled_map, compiled_map_close)

/* The words of a segment of so many units. False: the file has none there, or cannot be read. */
bool compiled_map_read(const struct compiled_map *map, uint64_t number, uint32_t units,
                       uint64_t *out);

/* All pages of tables are there from now on, so that how much they are does not change while a
 * slice is played. Kernels before 5.14 get them as they are needed. */
void compiled_map_fetch(const struct compiled_map *map);
/* They go, and count for nobody until they are needed again. */
void compiled_map_forget(const struct compiled_map *map);
