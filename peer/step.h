/*
 * step: one step of a peer's life, repeated alone, to see which of them makes the peer grow.
 *
 * Each leaves the peer as it found it, as far as the application can see. Between two steps the
 * event loop has its turn, with the drain policy of the peer.
 */
#pragma once

#include "member.h"

struct step {
    const char *name; /* "connect-only": the workload that repeats it */
    const char *what;
    int (*run)(struct member *member, struct err *err); /* once; 0 or -errno with a sentence */
};

/* NULL when there is none of that name. */
const struct step *step_find(const char *name);
