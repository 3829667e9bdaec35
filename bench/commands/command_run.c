/*
 * heapchurn run: carry out a plan, store it, report it.
 */
#include <errno.h>

#include "command.h"
#include "measured_run.h"
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
    OPTION_RESUME(struct options, resume, PLANNING_MEASURED,
                  "takes what is measured from the stored run",
                  "Carry out what is missing in this run"),
    OPTION_LIVE(struct options, live),
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
    {"heapchurn run -w server.yaml -a glibc -a jemalloc -r 1", "a first look"},
    {"heapchurn run --resume results/20261121T012800Z-discovery", NULL},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "all trials valid"},
    {"2", "usage, or a mistake in a file"},
    {"3", "something could not be measured"},
    {NULL, NULL},
};

static int run_run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    if (options->resume && own_program_given(&options->planning.own)) {
        (void)err_set(err, -EINVAL,
                      "--resume takes what is measured from the stored run; leave the program out");
        return EXIT_USAGE;
    }
    return measured_run(&(struct measured_run){.planning = &options->planning,
                                               .resume = options->resume,
                                               .where = &options->where,
                                               .live = options->live,
                                               .weights = &options->weights,
                                               .line = call->line},
                        err);
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
        "Each block plays one trial of every row, and after all of them come short passes under "
        "leak tools; after the first trial it says how long the trials take. Fewer rows (-a), "
        "blocks (-r) and rounds (--quick) make it shorter.\n\n"
        "Interrupted (Ctrl-C) or failed, a run keeps the trials that were finished; --resume DIR "
        "carries out the rest.",
    .options = option_rows,
    .arguments = ARGUMENTS_COMMAND(struct options, planning.own.command),
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run_run,
};
