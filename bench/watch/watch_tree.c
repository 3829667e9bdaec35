#include "watch_tree.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"

struct kin {
    pid_t pid, parent;
};

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

static pid_t parent_of(const char *pid)
{
    char path[300];
    char text[1024];
    struct watch_stat stat;
    (void)snprintf(path, sizeof path, "/proc/%s/stat", pid);
    return procfs_slurp(AT_FDCWD, path, text, sizeof text) > 0 && watch_parse_stat(text, &stat) == 0
               ? stat.parent
               : 0;
}

/* Everybody and their parents, now. */
static struct kin *everybody(size_t *out_count)
{
    struct kin *list = NULL;
    size_t count = 0;
    DIR *proc = opendir("/proc");
    for (struct dirent *entry; proc && (entry = readdir(proc)) != NULL;) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        list = grow(list, count, sizeof *list);
        list[count++] = (struct kin){.pid = (pid_t)strtol(entry->d_name, NULL, 10),
                                     .parent = parent_of(entry->d_name)};
    }
    if (proc)
        (void)closedir(proc);
    *out_count = count;
    return list;
}

static bool has_living(const struct watch_tree *tree, pid_t pid)
{
    for (size_t i = 0; i < tree->count; i++)
        if (tree->list[i].target.pid == pid && !tree->list[i].ended)
            return true;
    return false;
}

/* Children of members become members, until nobody new is found. */
static void find_children(struct watch_tree *tree)
{
    size_t kin_count = 0;
    AUTO_FREE struct kin *kin = everybody(&kin_count);
    for (size_t before = tree->count + 1; before != tree->count;) {
        before = tree->count;
        for (size_t i = 0; i < kin_count; i++) {
            struct watch_target target = WATCH_TARGET_INIT;
            if (!has_living(tree, kin[i].parent) || has_living(tree, kin[i].pid) ||
                watch_target_open(kin[i].pid, &target, NULL) < 0)
                continue;
            tree->list = grow(tree->list, tree->count, sizeof *tree->list);
            tree->list[tree->count++] = (struct watch_member){
                .target = target, .pss_first_bytes = RECORD_NA, .pss_last_bytes = RECORD_NA};
        }
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
