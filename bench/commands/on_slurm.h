/*
 * on_slurm: `heapchurn run --on slurm`: a run planned, its cells carried out by a cluster, and
 * collected. What is printed about it meanwhile.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "err.h"
#include "options.h"
#include "store.h"

struct on_slurm {
    const char *on; /* "local", "slurm", "slurm:PARTITION" */
    int64_t hosts;
    int64_t limit_ns;
    struct option_list sbatch;
    const char *copy_back;
    bool detach;
};

/* Is it Slurm? -EINVAL for a word that is neither, and for options that need it. */
int on_slurm_wanted(const struct on_slurm *options, bool *out, struct err *err);

/* Is there such a partition, with nodes? Before anything is stored. */
int on_slurm_check(const struct on_slurm *options, struct err *err);

/* Carry out what `stored` lacks; the folder is locked. `fresh`: it was just made. -EINTR: the jobs
 * were cancelled; -EINPROGRESS: they go on (detach); -ENODATA: cells are missing. */
int on_slurm_measure(const struct on_slurm *options, const char *dir, struct stored_run *stored,
                     bool fresh, const char *programs, struct err *err);

/* Rows of options for a struct with a member of this type. */
#define ON_SLURM_OPTIONS(type, member)                                                          \
    {.name = "on",                                                                              \
     .argument = "WHERE",                                                                       \
     .kind = OPTION_TEXT,                                                                       \
     .at = offsetof(type, member) + offsetof(struct on_slurm, on),                              \
     .group = "Where",                                                                          \
     .fallback = "local",                                                                       \
     .help = "local (this machine), or slurm[:PARTITION]"},                                     \
        {.name = "hosts",                                                                       \
         .argument = "N",                                                                       \
         .kind = OPTION_NUMBER,                                                                 \
         .at = offsetof(type, member) + offsetof(struct on_slurm, hosts),                       \
         .least = 1,                                                                            \
         .most = 100000,                                                                        \
         .help = "So many nodes, each with its share of whole blocks (default: as many as "     \
                 "Slurm gives)"},                                                               \
        {.name = "limit",                                                                       \
         .argument = "TIME",                                                                    \
         .kind = OPTION_DURATION,                                                               \
         .at = offsetof(type, member) + offsetof(struct on_slurm, limit_ns),                    \
         .least = CLOCK_NS_PER_S,                                                               \
         .help = "Longest time of one block on a node (default: from the plan, generous)"},     \
        {.name = "sbatch",                                                                      \
         .argument = "OPTION",                                                                  \
         .kind = OPTION_LIST,                                                                   \
         .at = offsetof(type, member) + offsetof(struct on_slurm, sbatch),                      \
         .help = "One more option of sbatch: --sbatch=--account=me"},                           \
        {.name = "copy-back",                                                                   \
         .argument = "CMD",                                                                     \
         .kind = OPTION_TEXT,                                                                   \
         .at = offsetof(type, member) + offsetof(struct on_slurm, copy_back),                   \
         .help = "Nodes do not see the run's folder: copies $CELLS/* of a node to $RUN/cells"}, \
    {                                                                                           \
        .name = "detach", .at = offsetof(type, member) + offsetof(struct on_slurm, detach),     \
        .help = "Submit, and do not wait; 'heapchurn collect' brings it later"                  \
    }
