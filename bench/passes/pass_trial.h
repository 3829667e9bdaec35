/*
 * pass_trial: one pass, from the row and the tool to the figures.
 *
 * The trial is shortened to PASS_CYCLES cycles without quiet times: enough for exact counts, since
 * a block lost per cycle shows after one. A ledger pass that has to supply a row's live curve runs
 * all rounds (`whole`), so that its points stand at the same cycles as the measured ones.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "allocator.h"
#include "err.h"
#include "folder.h"
#include "pass.h"
#include "runner.h"
#include "spec.h"

enum { PASS_CYCLES = 64 };

struct pass_request {
    const struct workload *workload;
    const struct runner_row *row;
    const struct allocator *allocator;
    const struct allocator_tool *tool; /* NULL: the ledger */
    bool whole;
    const char *programs;
    const char *folder; /* dumps and logs go there */
    struct trial_pins pins;
    int interrupt_fd;
};

/* Fill `pass` (initialised, with workload, row, tool and version set). What goes wrong under the
 * tool is in pass->unavailable; a negative errno is a fault of the driver, or -EINTR. */
int pass_trial_run(const struct pass_request *request, struct pass *pass, struct err *err);

/* The ledger as a tool; its '%' is the folder of programs. */
extern const struct allocator_tool pass_ledger;

/* Exact settings of a tool for people: "HEAPCHECK=normal …", '%' as "DIR". The caller frees. NULL:
 * the tool needs none. */
char *pass_setting(const struct allocator_tool *tool);

/* Can the tool's environment carry this path? -EINVAL with a sentence: jemalloc's options end at a
 * comma, lists of libraries at spaces and colons. */
int pass_folder_check(const struct allocator_tool *tool, const char *folder, struct err *err);

/* Variables for the peer under `tool`: '%' is the folder; where the row sets the same one and the
 * tool joins, both. NULL-terminated; the caller frees with pass_environment_free(). */
char **pass_environment(const struct allocator_tool *tool, char *const *row_environment,
                        const char *folder);
void pass_environment_free(char **environment);

/* What a subject left behind that ran under a tool. */
struct pass_left {
    const char *folder; /* its dumps, and peer.log */
    pid_t pid;
    struct allocator_leftover at_exit; /* as it said itself */
};

/* The tool's figures. -EPROTO and the like with a sentence. */
int pass_read_figures(const struct allocator_tool *tool, const struct pass_left *left,
                      struct allocator_leak *out, struct err *err);

/* The dumps it wrote, in order. -ENOENT with a sentence: none. */
int pass_dumps(const struct allocator_tool *tool, const struct pass_left *left,
               struct folder_files *out, struct err *err);
