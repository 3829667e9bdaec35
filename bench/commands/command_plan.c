/* heapchurn plan: what `run` would measure, as cells that anybody may carry out. */
#include <inttypes.h>
#include <stdio.h>

#include "command.h"
#include "paths.h"
#include "planning.h"
#include "run_cells.h"

struct options {
    struct planning planning;
};

static const struct option_row option_rows[] = {
    PLANNING_OPTIONS(struct options, planning),
    OPTION_PROGRAMS(struct options, planning.programs),
    PLANNING_OPTIONS_PASSES(struct options, planning),
    PLANNING_OPTIONS_OWN(struct options, planning),
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn plan -w discovery-drained -r 6 -o shared/run", "cells 1 to 6"},
    {"heapchurn cell shared/run 3", "carry out one, on any host"},
    {"heapchurn collect shared/run --missing", "which are still to be carried out"},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "the run's folder is made"},
    {"2", "usage, or a mistake in a file"},
    {"3", "the folder cannot be written, or a program does not prove itself"},
    {NULL, NULL},
};

static int run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    char dir[PATHS_MAX];
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(store_lock) struct store_lock lock = STORE_LOCK_INIT;
    if (planning_check(&options->planning, err) < 0)
        return EXIT_USAGE;
    int code = planning_open(&options->planning, call->line, dir, sizeof dir, &lock, &stored, err);
    if (code < 0)
        return planning_exit(code);
    if (run_cells_prepare(dir, &stored.run, options->planning.programs, err) < 0)
        return EXIT_UNMEASURED;
    int64_t cells = stored.run.blocks * (int64_t)stored.run.workload_count;
    (void)printf(
        "%s: %" PRId64 " cell%s, %" PRId64 " block%s of %zu workload%s, %zu row%s in each\n"
        "carry out each:  heapchurn cell %s N, with N from 1 to %" PRId64 "\n"
        "then:            heapchurn collect %s\n",
        dir, cells, cells == 1 ? "" : "s", stored.run.blocks, stored.run.blocks == 1 ? "" : "s",
        stored.run.workload_count, stored.run.workload_count == 1 ? "" : "s", stored.run.row_count,
        stored.run.row_count == 1 ? "" : "s", dir, cells, dir);
    return EXIT_OK;
}

const struct command command_plan = {
    .name = "plan",
    .summary = "write a run as cells, for several hosts to carry out",
    .description =
        "Write the folder of a run, and measure nothing.\n\n"
        "A cell is one block of one workload: one trial of every row, in shuffled order, on one "
        "host. 'heapchurn cell DIR N' carries out one, on any host that sees the folder or a copy "
        "of it; 'heapchurn collect DIR' makes an ordinary run of them. What a scheduler, a loop "
        "over ssh or a matrix of jobs has to do is to start each cell once, alone on its host.\n\n"
        "Checksums of programs and libraries are kept: a host that has others is refused.",
    .options = option_rows,
    .arguments = ARGUMENTS_COMMAND(struct options, planning.own.command),
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run,
};
