#include "watch_tree.h"

#include <errno.h>
#include <stdlib.h>

#include "grow.h"
#include "process_tree.h"

void watch_tree_open(struct watch_target *root, struct watch_tree *out)
{
    *out = (struct watch_tree){.list = grow(NULL, 0, sizeof *out->list), .count = 1};
    out->list[0] = (struct watch_member){
        .target = *root, .pss_first_bytes = RECORD_NA, .pss_last_bytes = RECORD_NA};
    *root = WATCH_TARGET_INIT;
}

void watch_tree_close(struct watch_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++)
        watch_target_close(&tree->list[i].target);
    free(tree->list);
    *tree = (struct watch_tree){.count = 0};
}

/* Children of members become members. */
static void find_children(struct watch_tree *tree)
{
    AUTO(process_tree) struct process_tree now = {.count = 0};
    for (size_t i = 0; i < tree->count; i++)
        if (!tree->list[i].ended)
            process_tree_add(&now, tree->list[i].target.pid);
    size_t known = now.count;
    process_tree_grow(&now);
    for (size_t i = known; i < now.count; i++) {
        struct watch_target target = WATCH_TARGET_INIT;
        if (watch_target_open(now.list[i], &target, NULL) < 0)
            continue;
        tree->list = grow(tree->list, tree->count, sizeof *tree->list);
        tree->list[tree->count++] = (struct watch_member){
            .target = target, .pss_first_bytes = RECORD_NA, .pss_last_bytes = RECORD_NA};
    }
}

int watch_tree_read(struct watch_tree *tree, struct watch_reading *out)
{
    struct watch_reading sum;
    bool first = true;
    find_children(tree);
    for (size_t i = 0; i < tree->count; i++) {
        struct watch_member *member = &tree->list[i];
        struct watch_reading reading;
        if (member->ended)
            continue;
        member->ended = watch_target_read_share(&member->target, &reading) < 0;
        if (member->ended)
            continue;
        member->pss_last_bytes = reading.pss_bytes;
        if (member->looks++ == 0)
            member->pss_first_bytes = reading.pss_bytes;
        if (first)
            sum = reading;
        else
            watch_reading_add(&sum, &reading);
        first = false;
    }
    if (first)
        return -ESRCH;
    *out = sum;
    return 0;
}
