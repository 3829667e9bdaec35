/*
 * synthetic_run: a stored run with known numbers, as if it had been measured, for the tests of all
 * that lies below the waterline. Straight lines plus a little seeded noise; no clock, no process.
 *
 *     AUTO(stored_run) struct stored_run stored = {0};
 *     synthetic_run_build(&(struct synthetic_run){.blocks = 3, .workloads = …}, &stored);
 *
 * The caller may change the records afterwards (an outcome, a reason) before it builds a result.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store.h"

/* What one row does under one workload. KiB, as in the tables it was taken from. */
struct synthetic_row {
    const char *name;
    const char *allocator;
    const char *version;
    double start_kib;      /* anonymous RSS of the peer before the load */
    double end_kib;        /* … at the end of the churn, and after the quiet time */
    double released_kib;   /* … after the release call */
    double live_start_kib; /* live before the load */
    double live_per_cycle; /* bytes; negative: the allocator has no counter of live bytes */
    double cpu_ms_per_1000;
    double join_ms;
};

struct synthetic_workload {
    const char *name;
    const char *question;
    int64_t peers;
    int64_t rounds;
    const struct synthetic_row *rows; /* as many for every workload, in the same order */
    size_t row_count;
};

struct synthetic_run {
    const struct synthetic_workload *workloads;
    size_t workload_count;
    int64_t blocks;
    double noise; /* share, uniform: 0.01 moves every RSS by up to 1 % and every block alike */
    int64_t samples_between; /* samples between two ends of rounds */
};

void synthetic_run_build(const struct synthetic_run *plan, struct stored_run *out);

/* The numbers measured in facts of the discovery churn (serialised rounds of 8 peers, 1920 cycles;
 * undrained, then drained), five rows. */
extern const struct synthetic_workload synthetic_discovery[2];

/* The record of this workload, row, block (from 1) and attempt 1; never NULL. */
struct record *synthetic_record(struct stored_run *stored, const char *workload, const char *row,
                                int64_t block);

/* One more attempt by itself, and adding it to the run, which takes it over. */
void synthetic_trial(const struct synthetic_run *plan, size_t workload, size_t row, int64_t block,
                     int64_t attempt, struct record *out);
void synthetic_add_record(struct stored_run *stored, struct record *record);

/* Make it one that does not count, or counts with a doubt. */
void synthetic_spoil(struct record *record, enum record_outcome outcome, const char *reason);
void synthetic_make_noisy(struct record *record, const char *reason);
