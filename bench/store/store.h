/*
 * store: a run on disk. THE WATERLINE: above it are processes, clocks and the kernel, below it pure
 * functions of these files. `heapchurn report DIR` starts no process and gives the same answer for
 * ever.
 *
 *     results/20261121T012800Z-discovery+discovery-drained/
 *         run.json                     what was asked: host, rows, workloads, blocks, seed
 *         trials/0001-discovery-b1-jemalloc+prof-a1/
 *             trial.json               outcome, identity, snapshots, counters, noise
 *             samples.csv              one line per sample
 *             <role>.log               what each role printed
 *         passes/discovery~jemalloc+prof~prof_leak/
 *             pass.json            what a tool said in a short trial of its own
 *             trial.json …         that trial; dumps of the tool lie beside it
 *         result.json report.md …      derived; may be deleted and made again
 *
 * Every file is there whole or not at all (whole_file.h), and once a trial or pass was appended it
 * is on the disk: a run that was interrupted at any moment, by a power cut too, loads with all that
 * was appended. What a process under measurement writes itself (logs, dumps) is not synced. A trial
 * exists when its trial.json does. STORE_FORMAT is in run.json; a run of a format before
 * STORE_FORMAT_OLDEST or after STORE_FORMAT is refused with a sentence. NaN, truncated and
 * contradictory files are answered with the file's name and what is wrong.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "err.h"
#include "host.h"
#include "pass.h"
#include "record.h"
#include "spec.h"

enum { STORE_FORMAT = 2, STORE_FORMAT_OLDEST = 1, STORE_BLOCKS_MAX = 1000 };

struct run_row {
    char *name;      /* "jemalloc+prof" */
    char *allocator; /* "jemalloc" */
    char *title;
    char *package;
    char *link;
    char *why;
    char *defaults;     /* NULL for a plain row */
    bool diagnostic;    /* shows what a tool costs: measured, never recommended */
    char **environment; /* "KEY=value", NULL-terminated, never NULL */
};

/* A row that was asked for with many others and is not available on this machine. */
struct run_absent {
    char *name;
    char *reason;
};

struct run {
    struct host host;
    char *started_utc;          /* 2026-11-21T01:28:00Z */
    char *command;              /* as typed */
    struct workload *workloads; /* with quick already applied to `rounds` */
    size_t workload_count;
    struct run_row *rows;
    size_t row_count;
    struct run_absent *absent; /* nothing is known of them in a run stored before they were kept */
    size_t absent_count;
    int64_t blocks;
    uint64_t seed;
    int64_t sample_period_ns;
    char *pinning; /* "subjects on CPU 1, driver and load on CPU 0", or why not */
    bool aslr;
};

struct stored_run {
    struct run run;
    struct record *records; /* in order of id, then attempt */
    size_t record_count;
    struct pass *passes; /* in order of folder name */
    size_t pass_count;
    char *folder; /* it was loaded from; NULL: it was not */
};

/* Make the folder (and its parents) and run.json. -EEXIST when it holds a run already, -EINVAL when
 * it could not be read back: its numbers have the ranges of workload files and STORE_BLOCKS_MAX. */
int store_create(const char *dir, const struct run *run, struct err *err);

/* Write run.json again: the same run with more blocks. Trials keep their numbers, since the order
 * of earlier blocks does not depend on later ones. */
int store_extend(const char *dir, const struct run *run, struct err *err);

/* Folder of a trial, made or emptied, since an interrupted one may have left files: logs go there
 * while it runs. */
int store_trial_dir(const char *dir, const struct record *record, char *out, size_t size,
                    struct err *err);

/* Write samples.csv, then trial.json. */
int store_append(const char *dir, const struct record *record, struct err *err);

/* The same for a pass, in a folder of its own: its trial where it ran, then pass.json. */
int store_pass_dir(const char *dir, const char *workload, const char *row, const char *tool,
                   char *out, size_t size, struct err *err);
int store_append_pass(const char *dir, const struct pass *pass, struct err *err);

/* Read everything back. */
int store_load(const char *dir, struct stored_run *out, struct err *err);

void run_release(struct run *run);
void stored_run_release(struct stored_run *stored);
DEFINE_AUTO(run, run_release)
DEFINE_AUTO(stored_run, stored_run_release)
