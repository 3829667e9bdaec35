/*
 * process_tree: who descends from whom, now.
 *
 *     AUTO(process_tree) struct process_tree tree = {.count = 0};
 *     process_tree_add(&tree, pid);
 *     process_tree_grow(&tree);      its children, theirs, …, behind it
 *
 * Read from /proc/PID/task/TID/children, 10 us for each process; on a kernel without it
 * (CONFIG_PROC_CHILDREN) from the parents of all processes there are. Somebody who began or ended
 * meanwhile may be missing: look again. Whose parent has ended is found only below who took him
 * over: keep adding those that were known before.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "cleanup.h"

struct process_tree {
    pid_t *list; /* no number twice */
    size_t count;
};

bool process_tree_has(const struct process_tree *tree, pid_t pid);

/* Unless it is there. */
void process_tree_add(struct process_tree *tree, pid_t pid);

/* Whoever descends from those that are there. */
void process_tree_grow(struct process_tree *tree);

void process_tree_close(struct process_tree *tree);
DEFINE_AUTO(process_tree, process_tree_close)

/* Parent and process group of a process; -ESRCH: it is gone. */
int process_tree_parent(pid_t pid, pid_t *out_parent, pid_t *out_group);
