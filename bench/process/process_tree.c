#include "process_tree.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grow.h"

bool process_tree_has(const struct process_tree *tree, pid_t pid)
{
    for (size_t i = 0; i < tree->count; i++)
        if (tree->list[i] == pid)
            return true;
    return false;
}

void process_tree_add(struct process_tree *tree, pid_t pid)
{
    if (process_tree_has(tree, pid))
        return;
    tree->list = grow(tree->list, tree->count, sizeof *tree->list);
    tree->list[tree->count++] = pid;
}

void process_tree_close(struct process_tree *tree)
{
    free(tree->list);
    *tree = (struct process_tree){.count = 0};
}

int process_tree_parent(pid_t pid, pid_t *out_parent, pid_t *out_group)
{
    char path[64];
    char text[1024];
    int parent = 0, group = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    AUTO_FCLOSE FILE *stat = fopen(path, "re");
    size_t length = stat ? fread(text, 1, sizeof text - 1, stat) : 0;
    text[length] = '\0';
    const char *rest = strrchr(text, ')'); /* the name before it may hold anything */
    if (!rest || sscanf(rest, ") %*c %d %d", &parent, &group) != 2)
        return -ESRCH;
    *out_parent = parent;
    *out_group = group;
    return 0;
}

/* The next number in a folder of processes or threads; 0: no more. */
static pid_t next_number(DIR *folder)
{
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (isdigit((unsigned char)entry->d_name[0]))
            return (pid_t)strtol(entry->d_name, NULL, 10);
    return 0;
}

/* Each thread has the children that it began, or took over. */
static void add_children(struct process_tree *tree, pid_t pid)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *threads = opendir(path);
    for (pid_t thread; threads && (thread = next_number(threads)) > 0;) {
        (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)thread);
        AUTO_FCLOSE FILE *children = fopen(path, "re");
        for (int child = 0; children && fscanf(children, "%d", &child) == 1;)
            process_tree_add(tree, child);
    }
    if (threads)
        (void)closedir(threads);
}

/* By the parents of everybody, until nobody new is found. */
static void grow_by_parents(struct process_tree *tree)
{
    for (size_t before = tree->count + 1; before != tree->count;) {
        before = tree->count;
        DIR *all = opendir("/proc");
        for (pid_t pid, parent, group; all && (pid = next_number(all)) > 0;)
            if (process_tree_parent(pid, &parent, &group) == 0 && process_tree_has(tree, parent))
                process_tree_add(tree, pid);
        if (all)
            (void)closedir(all);
    }
}

void process_tree_grow(struct process_tree *tree)
{
    if (access("/proc/thread-self/children", R_OK) < 0) {
        grow_by_parents(tree);
        return;
    }
    for (size_t i = 0; i < tree->count; i++)
        add_children(tree, tree->list[i]);
}
