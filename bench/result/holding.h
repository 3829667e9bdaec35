/*
 * holding: who holds what was not given back, told apart by when it goes.
 *
 *     lost        nothing points to it any more: no code can free it
 *     not freed   still there when main returned, after everything was closed: lost, or kept by
 *                 something global
 *     held quiet  live when all had left, before the close: the application holds it until
 *                 it ends. Growth here with nothing lost is what no exit-time tool can see
 *                 (libzmq issue 3186)
 *     given back  what the release call returned: it was the allocator's
 *
 * Lost and not freed come from the passes, with the tool that said so; the rest from the measured
 * trials.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "metrics.h"
#include "store.h"

/* A count of blocks and bytes by a tool, less what a clean subject reads under it. */
struct holding_count {
    int64_t blocks; /* RECORD_NA: see unavailable */
    int64_t bytes;
    bool at_most;            /* the tool cannot tell lost from still pointed to */
    const struct pass *pass; /* whose tool said it; NULL: no tool ran */
    const char *unavailable; /* NULL, or why there is no count */
};

struct result_holding {
    struct holding_count lost;
    struct holding_count not_freed;
    double held_quiet_bytes; /* NaN: see unavailable */
    bool held_by_ledger;     /* the ledger's count of one pass, for want of the allocator's own */
    const char *held_unavailable;
    double given_back_bytes;    /* anonymous RSS before less after the release call; NaN */
    double release_ns;          /* NaN */
    const char *not_released;   /* why these two are not told; NULL */
    const char *call, *reach;   /* of the release call; NULL */
    const struct pass *ledger;  /* with figures; NULL */
    const char *no_ledger;      /* why not */
    const struct pass *profile; /* with call sites, or with the reason why not; NULL */
};

struct result_row;
struct result_workload;

void holding_build(const struct stored_run *stored, const struct workload *workload,
                   struct result_row *row);

/* " Nothing of it is lost: …" where live grows and a leak tool of a row found next to nothing of
 * that at the end: it is held until the program closes. Nothing where no tool can say so. */
void holding_say_held(FILE *out, const struct result_workload *workload);

/* The first pass of this kind that has figures; else one that has not, else NULL. */
const struct pass *holding_pass(const struct stored_run *stored, const char *workload,
                                const char *row, enum pass_kind kind);

/* What the allocator's own count of live has over the ledger's, less the headers that are known.
 * `ledger` has figures; RECORD_NA where the allocator has no count. */
int64_t holding_own_difference(const struct pass *ledger);

/* The two are not read at one moment, and jemalloc's background thread has 384 bytes of its own
 * (measured; 8 bytes for tcmalloc): so much says nothing. */
enum { HOLDING_SLACK_BYTES = 1024 };

enum holding_agreement {
    HOLDING_UNCHECKED, /* no own count, no ledger, or a run stored before the bound was */
    HOLDING_AGREES,    /* the difference is within what the allocator is known to add */
    HOLDING_DISAGREES, /* it is not: do not rely on the row's own count of live */
};

/* Does the allocator's own count stand the check by the ledger? `ledger` may be NULL. */
enum holding_agreement holding_own_agrees(const struct pass *ledger);
