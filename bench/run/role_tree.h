/*
 * role_tree: the processes of a measured role. Most roles are one; then every figure is its own, as
 * the kernel says it. A role that its scenario lets be several (scenario_role.tree) is everybody
 * who descends from the one that was started, also those whose parent has ended (the driver is
 * their subreaper), and once there are several
 *
 *     an exact look   is the sum of their proportional shares (Pss, Pss_Anon, … of smaps_rollup): a
 *                     page that three of them share counts once. AnonHugePages and LazyFree have no
 *                     share: they are told where next to nothing anonymous is shared
 *     a cheap look    is the sum of their statm, less what the last exact look found counted in
 *                     more than one of them; not told between a birth or an end and the next exact
 *     CPU, faults     are those of all, and of the children that they waited for. Not of those that
 *                     the kernel collected in their place (SIGCHLD ignored)
 *
 * It stays several when all but one have ended: figures of two kinds make no curve.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "process_tree.h"
#include "procfs.h"
#include "record.h"
#include "tree_agent.h"

enum { ROLE_TREE_MAX = 256 }; /* processes at one time */

struct role_process {
    struct procfs procfs;
    struct tree_agent agent;
    bool ended;                                  /* its memory is gone */
    bool at_baseline;                            /* it was there when the trial began */
    int64_t beyond_rss_bytes, beyond_anon_bytes; /* what its statm counts beyond its share */
    int64_t share_bytes, share_anon_bytes;       /* at the last exact look */
    int64_t most_anon_bytes;                     /* at any look */
    char name[64];
    size_t row; /* in the record's table, from 1, and then of its name; 0: none */
};

struct role_tree {
    struct role_process *list; /* the one that was started first, once it is attached */
    size_t count;
    bool follows;  /* the scenario lets it be several, and did not say otherwise (play_alone) */
    bool attached; /* the one that was started is known */
    bool several;  /* it is, or was */
    bool changed;  /* since the last exact look */
    bool lost;     /* one that was there at the baseline has been collected */
    size_t seen;
    int64_t walked_ns;
    const char *allocator;    /* the row's; NULL: nobody proves any */
    const char *library;      /* of it, where the row names one */
    struct record_role *role; /* of one that ends by itself: where each that ended is written down;
                                 borrowed; NULL: what is seen of the living counts */
    char trouble[256];        /* why its memory cannot be told; "" */
};

/* The process that was started. -errno with a sentence. */
int role_tree_attach(struct role_tree *tree, pid_t pid, struct err *err);

/* One of it, whoever said so. NULL: it is gone, or there was trouble. Moves the list. */
struct role_process *role_tree_add(struct role_tree *tree, pid_t pid);

/* Who has come, who has gone; those that were collected leave the list. `others` are the processes
 * of other roles: what these leave behind in their process groups is theirs. */
void role_tree_walk(struct role_tree *tree, const struct process_tree *others);

size_t role_tree_living(const struct role_tree *tree);

/* From here on it is measured. */
void role_tree_begin(struct role_tree *tree);

/* The cheap look. -ESRCH: nobody is left; -EAGAIN: not before the next exact look. */
int role_tree_read_statm(struct role_tree *tree, int64_t *out_rss, int64_t *out_anon);

/* The exact look, into the fields that are read from smaps_rollup. 0 or -errno, and then nothing
 * was changed. */
int role_tree_read_exact(struct role_tree *tree, struct record_sample *out);

int64_t role_tree_stack_bytes(const struct role_tree *tree);

/* The dear look at the end of a phase. */
void role_tree_read_snapshot(struct role_tree *tree, struct record_snapshot *out);

/* CPU time and faults of all, and of the children that they waited for, added to `out`; also of
 * those that have ended and were not collected. */
void role_tree_add_life(const struct role_tree *tree, struct record_snapshot *out);

/* Write down what the last exact look saw of each, where it is several. */
void role_tree_note(struct role_tree *tree, int64_t elapsed_ns, struct record_role *role);

/* Its name as it is now: programs rename themselves. */
void role_tree_name(struct role_process *process);

/* Internal: of one that has ended, what it proved, and the most that it was seen with; where the
 * tree has a role to write it to. */
void role_tree_note_last(struct role_tree *tree, struct role_process *process);

void role_tree_close(struct role_tree *tree);
