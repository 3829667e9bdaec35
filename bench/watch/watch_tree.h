/*
 * watch_tree: a process and all that descend from it, looked at together.
 *
 * A process belongs to the tree when its parent does, at any look; it stays in it when its parent
 * ends before it. The tree lives as long as one of them does. What begins and ends between two
 * looks is not seen.
 */
#pragma once

#include <stdbool.h>

#include "watch_columns.h"
#include "watch_target.h"

struct watch_member {
    struct watch_target target;
    bool ended;
    int64_t pss_first_bytes, pss_last_bytes; /* RECORD_NA: never told */
    int64_t looks;
};

struct watch_tree {
    struct watch_member *list; /* the root first, then in the order they were found */
    size_t count;
};

/* The tree of one process, which it takes over: `root` is empty then. */
void watch_tree_open(struct watch_target *root, struct watch_tree *out);
void watch_tree_close(struct watch_tree *tree);
DEFINE_AUTO(watch_tree, watch_tree_close)

/* Find who has come, note who has gone, and add up proportional shares of the rest: rss_bytes is
 * their sum. -ESRCH: nobody is left. */
int watch_tree_read(struct watch_tree *tree, struct watch_reading *out);
