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
 *         kept/discovery.json      what a scenario keeps of what it played: of a trace what it says
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

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "err.h"
#include "pass.h"
#include "record.h"
#include "run.h"

struct stored_run {
    struct run run;
    struct record *records; /* in order of id, then attempt */
    size_t record_count;
    struct pass *passes; /* in order of folder name */
    size_t pass_count;
    char **kept;  /* by workload: store_keep(); NULL: nothing was */
    char *folder; /* it was loaded from; NULL: it was not */
};

/* Make the folder (and its parents) and run.json. -EEXIST when it holds a run already, -EINVAL when
 * it could not be read back: its numbers have the ranges of workload files and STORE_BLOCKS_MAX. */
int store_create(const char *dir, const struct run *run, struct err *err);

/* Keep a text with the run, by the name of a workload. */
int store_keep(const char *dir, const char *workload, const char *text, struct err *err);

/* Write run.json again: the same run with more blocks. Trials keep their numbers, since the order
 * of earlier blocks does not depend on later ones. */
int store_extend(const char *dir, const struct run *run, struct err *err);

/* The run has no trials yet, and will have those of this host: it is begun there, and not where it
 * was planned. */
int store_begin_on(const char *dir, const struct host *host, struct err *err);

/* The run that is stored there has trials of this host too: run.json is written again, unless it
 * tells of it already. Before the first of these trials is appended. -EEXIST where it tells other
 * facts of a host with this name. */
int store_add_host(const char *dir, const struct host *host, struct err *err);

/* Folder of a trial, made or emptied, since an interrupted one may have left files: logs go there
 * while it runs. */
int store_trial_dir(const char *dir, const struct record *record, char *out, size_t size,
                    struct err *err);

/* Write samples.csv, then trial.json. */
int store_append(const char *dir, const struct record *record, struct err *err);

/* Take the folder of a trial that is whole out of another run of the same disk, `from`; nothing is
 * written again. -EEXIST when this run has it. */
int store_adopt(const char *dir, const char *from, const struct record *record, struct err *err);

/* The same for a pass, in a folder of its own: its trial where it ran, then pass.json. */
int store_pass_dir(const char *dir, const char *workload, const char *row, const char *tool,
                   char *out, size_t size, struct err *err);
int store_append_pass(const char *dir, const struct pass *pass, struct err *err);

/* Take all passes of `from` that this run has not. */
int store_adopt_passes(const char *dir, const char *from, struct err *err);

/* Read everything back. */
int store_load(const char *dir, struct stored_run *out, struct err *err);

/* Only what was asked, and which trials there are and what became of them: their records have names
 * and outcome, and neither samples nor figures. For runs of many thousand trials. */
int store_load_outline(const char *dir, struct stored_run *out, struct err *err);

/* Only what was asked. */
int store_load_run(const char *dir, struct run *out, struct err *err);

void stored_run_release(struct stored_run *stored);
DEFINE_AUTO(stored_run, stored_run_release)
