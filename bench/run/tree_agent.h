/*
 * tree_agent: the agent of one process of a role that is several (agent/agent.h); the agent of the
 * process that was started speaks on the role's own channel.
 *
 * Its lines are read when somebody wants to know, not when they come: a process that is born waits
 * for no answer of ours.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "allocator.h"
#include "control.h"

struct tree_agent {
    int fd;          /* -1: it has none, or none any more */
    bool proved;     /* that the process runs on the row's allocator */
    bool forked;     /* with what its parent held */
    bool born;       /* its statistics at birth were told */
    int owed;        /* requests that it has not answered */
    char *allocator; /* NULL: not told, or none that we know */
    char *sentence;  /* of proof, or of refusal; NULL: it has said nothing */
    /* The last that it said of both, also when it has gone since. */
    char *last_allocator, *last_sentence;
    struct allocator_stats birth; /* as it began: of a forked one what it has from its parent */
    struct allocator_stats stats; /* the last ones */
};

#define TREE_AGENT_INIT \
    ((struct tree_agent){.fd = -1, .birth = {{ALLOCATOR_NA}}, .stats = {{ALLOCATOR_NA}}})

/* The process speaks on `fd`, which is taken over, in place of any other. It is asked for its
 * statistics at once: what a forked one has then, it has from its parent. */
void tree_agent_adopt(struct tree_agent *agent, int fd);

/* Read what it has said. `allocator` is the row's, and `library` too, unless NULL. */
void tree_agent_hear(struct tree_agent *agent, const char *allocator, const char *library);

/* Ask ("stats", "release"); a later tree_agent_hear() takes the answer. */
void tree_agent_ask(struct tree_agent *agent, const char *verb);

/* It is not asked again. */
void tree_agent_dismiss(struct tree_agent *agent, const char *why);

/* What it said last holds no more: the process runs another program. */
void tree_agent_forget(struct tree_agent *agent);

void tree_agent_close(struct tree_agent *agent);
