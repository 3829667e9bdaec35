/*
 * step: one step of a peer's life, repeated alone, to see which of them makes the peer grow.
 *
 * Each leaves the peer as it found it, as far as the application can see. Between two steps the
 * event loop has its turn, with the drain policy of the peer.
 */
#pragma once

#include "control.h"
#include "member.h"

struct step {
    const char *name; /* "connect-only": the workload that repeats it */
    const char *what;
    int (*run)(struct member *member, struct err *err); /* once; 0 or -errno with a sentence */
};

/* NULL when there is none of that name. */
const struct step *step_find(const char *name);

/* A step being repeated on request of the driver. Zeroed: none. */
struct stepper {
    const struct step *step; /* NULL: none */
    int64_t left;
    int64_t done; /* of all kinds, ever */
};

/* "step name=connect-only count=8"; -EPROTO. */
int stepper_begin(struct stepper *stepper, const struct control_line *request, struct err *err);

/* Do one step; after the last one say "stepped" at `control_fd`. */
int stepper_turn(struct stepper *stepper, struct member *member, int control_fd, struct err *err);
