/*
 * pass_profile: where the memory was allocated that is live at the end of the load and was not
 * before it: the difference of two heap dumps, named by a viewer (jeprof), as a list of call sites
 * and as collapsed stacks
 *
 *     main;run;allocate 102400          (innermost last; bytes)
 *
 * in `profile.collapsed` of the pass's folder. A viewer that is not installed or fails is no fault
 * of the pass: it is said in pass->no_profile.
 */
#pragma once

#include <stdio.h>

#include "pass.h"
#include "tool_left.h"

enum { PASS_SITES_MAX = 8, PASS_DUMPS = 2 /* that the subject is asked for */ };

#define PASS_COLLAPSED "profile.collapsed"

struct pass_profile {
    const struct tool *tool; /* with a viewer */
    const char *allocator;
    const char *program; /* of the subject */
    const struct tool_left *left;
    int interrupt_fd;
};

/* From the dumps that the subject left. 0, or -EINTR. */
int pass_profile_read(const struct pass_profile *profile, struct pass *pass);

/* Stacks with the figure of each, as a viewer prints them; other lines are passed over. */
struct pass_stacks {
    struct pass_stack {
        char *frames; /* "main;run;allocate" */
        int64_t value;
    } * stacks;
    size_t count;
};

void pass_stacks_read(FILE *in, struct pass_stacks *out);
void pass_stacks_release(struct pass_stacks *stacks);
DEFINE_AUTO(pass_stacks, pass_stacks_release)

/* The innermost frames of both, joined by name, the largest PASS_SITES_MAX first; into
 * pass->sites. Only what grew. */
void pass_sites_build(const struct pass_stacks *bytes, const struct pass_stacks *blocks,
                      struct pass *pass);
