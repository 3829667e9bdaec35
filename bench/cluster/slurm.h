/*
 * slurm: what is asked of an existing Slurm cluster, through its own commands (sinfo, sbatch,
 * squeue, scancel), which know where it is. Nothing is read of its accounts.
 *
 * All wait at most two minutes for an answer and return 0 or a negative errno with a sentence:
 * -ENOENT no such command, -EIO it refused (in its own words), -ETIMEDOUT, -EINTR.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "err.h"
#include "words.h"

enum { SLURM_WORD_MAX = 64 };

struct slurm_node {
    char name[SLURM_WORD_MAX];
    char state[SLURM_WORD_MAX];  /* "idle", "drain", "down*" */
    char shared[SLURM_WORD_MAX]; /* "EXCLUSIVE", "NO", "FORCE:4": may jobs share it? */
    char limit[SLURM_WORD_MAX];  /* "1-00:00:00": the longest a job may run; "infinite" */
};

struct slurm_nodes {
    char partition[SLURM_WORD_MAX]; /* that they are of */
    struct slurm_node *list;
    size_t count;
};

/* Of a partition (NULL: the default one). -ESRCH: there is none of this name; the sentence says
 * which there are. */
int slurm_nodes(const char *partition, int interrupt_fd, struct slurm_nodes *out, struct err *err);
void slurm_nodes_release(struct slurm_nodes *nodes);
DEFINE_AUTO(slurm_nodes, slurm_nodes_release)

/* sinfo's answer, one "NODE|PARTITION|STATE|SHARED|LIMIT" a line, the default partition with a '*'
 * at its end. -EPROTO: it is none. */
int slurm_nodes_parse(const char *text, const char *partition, struct slurm_nodes *out,
                      struct err *err);

/* Can it run jobs, now or when those are over that it runs? */
bool slurm_node_is_up(const struct slurm_node *node);

/* "1-02:03:04", "03:04", "5" (minutes) in seconds; -1: no limit, or not known. */
int64_t slurm_seconds(const char *limit);

/* Submit a script with these options; `out_job` gets the job's number. */
int slurm_submit(const struct words *options, const char *script, int interrupt_fd,
                 char out_job[SLURM_WORD_MAX], struct err *err);

/* Tasks of all jobs of this name that have not ended. */
struct slurm_queue {
    int64_t running, pending; /* what ends counts as running */
    char nodes[256];          /* that they run on, as far as there is room */
    char reason[128];         /* why the first one pends; "" */
};
int slurm_queue(const char *name, int interrupt_fd, struct slurm_queue *out, struct err *err);
void slurm_queue_parse(char *text, struct slurm_queue *out);

/* End them: all of this name, or of one job those that have not begun. */
int slurm_cancel(const char *name, struct err *err);
int slurm_cancel_pending(const char *job, struct err *err);
