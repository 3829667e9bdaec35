/*
 * watch_view: what `heapchurn watch` prints, look by look and at the end.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attribution.h"
#include "mapping_groups.h"
#include "text_style.h"
#include "unmapped_files.h"
#include "watch_target.h"
#include "watch_tree.h"

enum { WATCH_VIEW_CELLS = 9 };

struct watch_view {
    struct text_style style;
    int64_t every_ns;               /* decides how finely times are shown */
    bool tree;                      /* numbers are of several processes */
    bool agent;                     /* one speaks from inside */
    double curve[WATCH_VIEW_CELLS]; /* RSS of the last looks */
    size_t shown;
};

void watch_view_head(const struct watch_view *view, const struct watch_target *target);

/* One look: a line, in MiB. */
void watch_view_look(struct watch_view *view, const struct watch_reading *reading,
                     int64_t elapsed_ns);

/* What changed since the look before, the largest change first, and what is resident by kind. */
void watch_view_changes(const struct mappings *before, const struct mappings *now);

/* What is resident by kind of mapping, at the first and at the last look at them. */
void watch_view_kinds(const struct watch_view *view, const int64_t first[MAPPING_KINDS],
                      const struct mappings *last);

/* What is resident, like mappings in one line. */
void watch_view_groups(const struct watch_view *view, const struct mappings *mappings,
                       int64_t threads);

/* Every process of a tree that was seen. */
void watch_view_members(const struct watch_tree *tree);

/* What no RSS shows: files in memory that are open and not mapped. */
void watch_view_unmapped(const struct watch_view *view, const struct unmapped_files *first,
                         const struct unmapped_files *held);

/* Why the padding of huge pages is told as a mere bound: what watch_curve_padding() returned. */
void watch_view_unread(const struct attribution *attribution, int code);

/* "+1.5 MiB", "0 B". Returns `out`. */
const char *watch_view_change(int64_t bytes, char *out, size_t size);
