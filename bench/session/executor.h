/*
 * executor: who carries cells out, and where.
 *
 * A cell is what is still to be measured of one block of one workload: some of its rows, in the
 * plan's order. Rows are only compared within a block, so a cell is carried out by one executor on
 * one host, from its first trial to its last; and where trials of its block are stored already, on
 * the host they were measured on.
 *
 * All cells are handed over at once. Whoever has one machine carries them out one after another
 * (executor_local.h); whoever has many carries out as many at a time as it has, collects what they
 * stored and brings it back cell by cell. In both cases the client is called from the thread that
 * called cells(), and a record that was handed to it is kept whatever happens next.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "host.h"
#include "pass.h"
#include "pass_trial.h"
#include "record.h"
#include "trial.h"

struct cell_trial {
    int64_t id; /* of the plan */
    const struct trial_row *row;
    int64_t attempts; /* stored already: the first one made now has this number + 1 */
};

struct cell {
    const struct workload *workload;
    int64_t block;
    const char *host; /* that has measured trials of this block; NULL: none has */
    const struct cell_trial *trials;
    size_t trial_count;
};

/* Whom the executor tells. 0 or a negative errno, which ends it. */
struct cell_client {
    /* Facts of the host that a cell is carried out on; before its first trial, and as often as one
     * likes. */
    int (*host)(void *context, const struct host *host, struct err *err);
    /* Where a trial that is about to begin may leave its files. */
    int (*folder)(void *context, const struct record *record, char *out, size_t size,
                  struct err *err);
    /* Now and then while it goes on, if it can be seen from here. */
    void (*progress)(void *context, const struct record *record, const struct trial_progress *now);
    /* A record that is whole. `*out_again`: it was noisy and is to be measured once more, next and
     * on the same host; an executor that brings back what was repeated elsewhere does not ask. */
    int (*finished)(void *context, const struct record *record, bool *out_again, struct err *err);
    /* Instead: a record that is stored already in another run, on the disk of this one; its folder
     * is taken from there. */
    int (*brought)(void *context, const struct record *record, const char *from, struct err *err);
    void *context;
};

struct executor {
    /* 0: every trial of every cell was handed to the client. -EINTR: interrupted. */
    int (*cells)(void *state, const struct cell *cells, size_t count,
                 const struct cell_client *client, struct err *err);
    /* One pass, as pass_trial_run(). */
    int (*pass)(void *state, const struct pass_request *request, struct pass *pass,
                struct err *err);
    void *state;
};
