/*
 * heapchurn run: carry out a plan, store it, report it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "exporter.h"
#include "lock.h"
#include "on_slurm.h"
#include "paths.h"
#include "planning.h"
#include "progress.h"
#include "same_machine.h"
#include "shared_options.h"

struct options {
    struct planning planning;
    const char *resume;
    bool live;
    struct recommend_weights weights;
    struct on_slurm where;
};

static const struct option_row option_rows[] = {
    PLANNING_OPTIONS(struct options, planning),
    {.name = "resume",
     .argument = "DIR",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, resume),
     .completes = COMPLETE_FOLDER,
     .group = "How",
     .excludes = PLANNING_MEASURED,
     .because = "takes what is measured from the stored run",
     .help = "Carry out what is missing in this run"},
    {.name = "live",
     .at = offsetof(struct options, live),
     .help = "Show the trials meanwhile on a page of this machine"},
    OPTION_PROGRAMS(struct options, planning.programs),
    OPTION_WEIGHTS(struct options, weights),
    PLANNING_OPTIONS_PASSES(struct options, planning),
    ON_SLURM_OPTIONS(struct options, where),
    PLANNING_OPTIONS_OWN(struct options, planning),
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn run", "the default comparison, 3 blocks"},
    {"heapchurn run -w leak -a glibc -r 1", "one trial"},
    {"heapchurn run -a jemalloc -a jemalloc+prof -r 10", NULL},
    {"heapchurn run --ready port --load './load {port}' -- ./server {port}", "your own server"},
    {"heapchurn run --resume results/20261121T012800Z-discovery", NULL},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "all trials valid"},
    {"2", "usage, or a mistake in a file"},
    {"3", "something could not be measured"},
    {NULL, NULL},
};

/* Make the run's folder, or load the run that is to be resumed; locked. */
static int open_run(const struct options *options, const char *line, char *dir, size_t size,
                    struct store_lock *lock, struct stored_run *stored, struct err *err)
{
    if (options->resume) {
        (void)snprintf(dir, size, "%s", options->resume);
        int loaded = store_lock(dir, lock, err);
        if (loaded == 0)
            loaded = store_load(dir, stored, err);
        return loaded < 0 ? loaded : same_machine_check(&stored->run, err);
    }
    return planning_open(&options->planning, line, dir, size, lock, stored, err);
}

/* Print what is stored, also after an interruption: what was measured stays readable. */
static int report(const char *dir, const struct recommend_weights *weights, int run_code,
                  const char *where, struct err *err)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    int code = store_load(dir, &stored, err);
    if (code < 0)
        return EXIT_UNMEASURED;
    result_build(&stored, &result);
    for (size_t i = 0; i < result.workload_count; i++)
        result_recommend(&result.workloads[i], (size_t)stored.run.blocks, weights, NULL);
    code = report_write_all(&result, dir, err);
    if (code < 0)
        return EXIT_UNMEASURED;
    (void)printf("\nStored in %s; to look at it, open %s/report.html\n", dir, dir);
    if (run_code == -EINTR)
        (void)err_set(err, run_code, "interrupted; finish it with 'heapchurn run --resume %s%s'",
                      dir, where);
    else if (!result.complete && run_code == 0)
        (void)err_set(err, -ENODATA,
                      "%zu of the planned trials have no valid result; the reasons stand under the "
                      "tables; 'heapchurn run --resume %s' tries them again",
                      result.missing, dir);
    return result.complete && run_code == 0 ? EXIT_OK : EXIT_UNMEASURED;
}

static int run_run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    char dir[PATHS_MAX];
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(store_lock) struct store_lock lock = STORE_LOCK_INIT; /* reports are written in it too */
    int code = open_run(options, call->line, dir, sizeof dir, &lock, &stored, err);
    if (code < 0)
        return planning_exit(code);
    struct progress progress = {.live = options->live};
    const struct measure_observer observer = progress_observer(&progress);
    code = measure_missing(&(struct measure){.dir = dir,
                                             .stored = &stored,
                                             .programs = options->planning.programs,
                                             .passes = !options->planning.no_passes,
                                             .leak_tools = options->planning.leak_tools.words,
                                             .leak_tool_count = options->planning.leak_tools.count,
                                             .observer = &observer},
                           err);
    if (code < 0 && code != -EINTR)
        return EXIT_UNMEASURED;
    return report(dir, &options->weights, code, "", err);
}

/* The same, its cells carried out by a cluster. */
static int run_on_slurm(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    const char *programs = options->planning.programs;
    char dir[PATHS_MAX];
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(store_lock) struct store_lock lock = STORE_LOCK_INIT;
    int code = on_slurm_check(&options->where, err);
    if (code < 0)
        return code == -ESRCH ? EXIT_USAGE : EXIT_UNMEASURED;
    if (options->resume) {
        (void)snprintf(dir, sizeof dir, "%s", options->resume);
        code = store_lock(dir, &lock, err);
        if (code == 0)
            code = store_load_outline(dir, &stored, err);
    } else {
        code = planning_open(&options->planning, call->line, dir, sizeof dir, &lock, &stored, err);
    }
    if (code < 0)
        return planning_exit(code);
    code = on_slurm_measure(&options->where, dir, &stored, !options->resume, programs, err);
    if (code == -EINPROGRESS) {
        (void)printf("%s: it goes on without us; when it has ended: heapchurn collect %s\n", dir,
                     dir);
        return EXIT_OK;
    }
    if (code < 0 && code != -EINTR && code != -ENODATA)
        return code == -EINVAL ? EXIT_USAGE : EXIT_UNMEASURED;
    return report(dir, &options->weights, code, " --on slurm", err);
}

static int run_anywhere(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    bool slurm = false;
    if (planning_check(&options->planning, err) < 0 ||
        on_slurm_wanted(&options->where, &slurm, err) < 0)
        return EXIT_USAGE;
    return slurm ? run_on_slurm(call, err) : run_run(call, err);
}

const struct command command_run = {
    .name = "run",
    .summary = "measure rows under workloads, store and compare them",
    .description =
        "Run every row under every workload in shuffled blocks, store each trial as it ends, and "
        "print the comparison.\n\n"
        "Without -w the workloads are discovery and discovery-drained; without -a the rows are "
        "those marked default in 'heapchurn list'. Results are printed on standard output, "
        "progress on standard error, and everything is kept in the run's folder: 'heapchurn report "
        "DIR' prints it again.\n\n"
        "After '--' stands a program of your own: it is started unmodified under every row, with "
        "the row's allocator and our agent preloaded, and driven by --load. In commands {port} is "
        "a "
        "free port, {data} an empty folder, {round} the round from 0, {seed} a seed; 'heapchurn "
        "list --keys' explains what a workload file can say besides.\n\n"
        "Interrupted (Ctrl-C) or failed, a run keeps the trials that were finished; --resume DIR "
        "carries out the rest.",
    .options = option_rows,
    .arguments = {.usage = "[-- COMMAND...]",
                  .most = SIZE_MAX,
                  .at = offsetof(struct options, planning.own.command),
                  .command = true,
                  .completes = COMPLETE_COMMAND},
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run_anywhere,
};
