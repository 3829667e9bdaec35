/*
 * heapchurn run: carry out a plan, store it, report it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "command.h"
#include "exporter.h"
#include "folder.h"
#include "lock.h"
#include "own_program.h"
#include "passes.h"
#include "paths.h"
#include "progress.h"
#include "run_request.h"
#include "same_machine.h"
#include "shared_options.h"
#include "temporary.h"
#include "units.h"

enum { TEXT_SIZE = 4096 };

struct options {
    struct option_list workloads;
    struct option_list rows;
    int64_t blocks;
    const char *output;
    const char *resume;
    const char *programs;
    struct option_list leak_tools;
    bool quick;
    bool no_aslr;
    bool no_passes;
    bool live;
    int64_t seed; /* -1: from the clock */
    int64_t sample_period_ns;
    struct recommend_weights weights;
    struct own_program own;
};

#define MEASURED "What is measured"

static const struct option_row option_rows[] = {
    {.name = "workload",
     .letter = 'w',
     .argument = "NAME",
     .kind = OPTION_LIST,
     .at = offsetof(struct options, workloads),
     .completes = COMPLETE_WORKLOADS,
     .group = MEASURED,
     .help = "Workload name or path of a YAML file"},
    {.name = "allocator",
     .letter = 'a',
     .argument = "ROW",
     .kind = OPTION_LIST,
     .at = offsetof(struct options, rows),
     .completes = COMPLETE_ROWS,
     .help = "Row to compare, 'all', or path of a row's YAML file"},
    {.name = "repetitions",
     .letter = 'r',
     .argument = "N",
     .kind = OPTION_NUMBER,
     .at = offsetof(struct options, blocks),
     .least = 1,
     .most = STORE_BLOCKS_MAX,
     .fallback = "3",
     .help = "Blocks: each holds one trial of every row"},
    {.name = "quick",
     .at = offsetof(struct options, quick),
     .help = "Fewer rounds, for a first look"},
    {.name = "seed",
     .argument = "N",
     .kind = OPTION_NUMBER,
     .at = offsetof(struct options, seed),
     .most = INT64_MAX,
     .help = "Seed of the order within blocks (default: from the clock)"},
    {.name = "no-aslr",
     .at = offsetof(struct options, no_aslr),
     .help = "Subjects without address randomisation: about 1 % of a small RSS is its noise"},
    {.name = "period",
     .argument = "TIME",
     .kind = OPTION_DURATION,
     .at = offsetof(struct options, sample_period_ns),
     .least = CLOCK_NS_PER_MS,
     .fallback = "20ms",
     .help = "Sampling period, 1ms or more: below, it would measure the sampler"},
    {.name = "output",
     .letter = 'o',
     .argument = "DIR",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, output),
     .completes = COMPLETE_FOLDER,
     .help = "Folder of this run (default: results/<UTC>-<workloads>)"},
    {.name = "resume",
     .argument = "DIR",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, resume),
     .completes = COMPLETE_FOLDER,
     .group = "How",
     .excludes = MEASURED,
     .because = "takes what is measured from the stored run",
     .help = "Carry out what is missing in this run"},
    {.name = "live",
     .at = offsetof(struct options, live),
     .help = "Show the trials meanwhile on a page of this machine"},
    OPTION_PROGRAMS(struct options, programs),
    {.name = "leak-tool",
     .argument = "NAME",
     .kind = OPTION_LIST,
     .at = offsetof(struct options, leak_tools),
     .completes = COMPLETE_LEAK_TOOLS,
     .help = "Leak tool instead of the default ones ('heapchurn calibrate' shows all)"},
    OPTION_WEIGHTS(struct options, weights),
    {.name = "no-passes",
     .at = offsetof(struct options, no_passes),
     .help = "Without the short trials under leak tools, heap profilers and the ledger"},
    {.name = "load",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, own.load),
     .group = "A program of your own, after --",
     .help = "Drives it: run once a round, must end with status 0"},
    {.name = "rounds",
     .argument = "N",
     .kind = OPTION_NUMBER,
     .at = offsetof(struct options, own.rounds),
     .least = 1,
     .most = 1000000,
     .help = "How often (default: 20)"},
    {.name = "count",
     .argument = "N",
     .kind = OPTION_NUMBER,
     .at = offsetof(struct options, own.count),
     .least = 1,
     .most = INT64_C(1) << 40,
     .help = "How much one round is, such as requests: growth is told per one of them"},
    {.name = "ready",
     .argument = "HOW",
     .kind = OPTION_LIST,
     .at = offsetof(struct options, own.ready),
     .help = "When it is ready: port, notify, line:TEXT, file:PATH or check:CMD"},
    {.name = "prepare",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, own.prepare),
     .help = "Run before each start"},
    {.name = "work",
     .argument = "CMD",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, own.work),
     .help = "Asks it what it has done (default: what the load printed)"},
    {.name = "equal",
     .argument = "REGEX",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, own.equal),
     .help = "Finds in that the numbers that must be the same in every row"},
    {.name = "stop",
     .argument = "SIGNAL",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, own.stop),
     .help = "How it is asked to end: TERM, INT, QUIT, HUP, USR1 or USR2 (default: TERM)"},
    {.name = "no-agent",
     .at = offsetof(struct options, own.no_agent),
     .help = "Without our agent in it: RSS alone"},
    {.name = "save",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, own.save),
     .completes = COMPLETE_FILE,
     .help = "Write it all to this workload file too, for the next time"},
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

/* results/20261121T012800Z-discovery+leak */
static void default_folder(const struct run *run, char *out, size_t size)
{
    time_t now = time(NULL);
    struct tm utc;
    char stamp[32];
    (void)strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
    size_t used = (size_t)snprintf(out, size, "results/%s", stamp);
    for (size_t i = 0; i < run->workload_count && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%c%s", i ? '+' : '-',
                                 run->workloads[i].name);
}

/* The workloads, or the one that the command line describes, written to `folder`. */
static int name_workloads(const struct options *options, const char *folder, char *path,
                          size_t size, struct run_request *request, struct err *err)
{
    char name[64];
    if (!own_program_given(&options->own))
        return 0;
    if (options->workloads.count > 0)
        return err_set(err, -EINVAL,
                       "-w names workloads, and '--' a program of your own: take one of them");
    if (options->own.command.count > 0)
        (void)snprintf(path, size, "%s/%s.yaml", folder,
                       own_program_name(&options->own, name, sizeof name));
    int code = own_program_write(&options->own, path, err);
    if (code == 0 && options->own.save)
        code = own_program_write(&options->own, options->own.save, err);
    request->workload_count = 1;
    return code;
}

/* Rows and workloads by name. Commands of a program on the command line are of this folder. */
static int resolve(const struct options *options, struct run_request *request, struct run *run,
                   char *skipped, size_t skipped_size, struct err *err)
{
    char folder[PATHS_MAX];
    char path[2 * PATHS_MAX] = "";
    const char *const names[] = {path};
    int code = temporary_open("run", folder, sizeof folder, err);
    if (code < 0)
        return code;
    code = name_workloads(options, folder, path, sizeof path, request, err);
    if (code == 0 && *path)
        request->workload_names = names;
    if (code == 0)
        code = run_request_resolve(request, run, skipped, skipped_size, err);
    request->workload_names = NULL; /* they may be of here */
    temporary_remove(folder);
    if (code == 0 && *path) {
        free(run->workloads[0].path);
        run->workloads[0].path = strdup("./(the command line)");
    }
    return code;
}

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
    char skipped[TEXT_SIZE];
    struct run_request request = {
        .workload_names = options->workloads.words,
        .workload_count = options->workloads.count,
        .row_names = options->rows.words,
        .row_count = options->rows.count,
        .blocks = options->blocks,
        .quick = options->quick,
        .seed = (uint64_t)(options->seed < 0 ? clock_now_ns() : options->seed),
        .sample_period_ns = options->sample_period_ns,
        .no_aslr = options->no_aslr,
        .command = line,
    };
    int code = resolve(options, &request, &stored->run, skipped, sizeof skipped, err);
    if (code < 0)
        return code;
    (void)fputs(skipped, stderr);
    code = measure_check_programs(&stored->run, options->programs, err);
    if (code < 0)
        return code;
    if (options->output)
        (void)snprintf(dir, size, "%s", options->output);
    else
        default_folder(&stored->run, dir, size);
    code = folder_make(dir, err);
    if (code == 0)
        code = store_lock(dir, lock, err);
    return code < 0 ? code : store_create(dir, &stored->run, err);
}

/* Print what is stored, also after an interruption: what was measured stays readable. */
static int report(const char *dir, const struct recommend_weights *weights, int run_code,
                  struct err *err)
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
        (void)err_set(err, run_code, "interrupted; finish it with 'heapchurn run --resume %s'",
                      dir);
    else if (!result.complete)
        (void)err_set(err, -ENODATA,
                      "%zu of the planned trials have no valid result; the reasons stand under the "
                      "tables; 'heapchurn run --resume %s' tries them again",
                      result.missing, dir);
    return result.complete && run_code != -EINTR ? EXIT_OK : EXIT_UNMEASURED;
}

static int run_run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    char dir[PATHS_MAX];
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(store_lock) struct store_lock lock = STORE_LOCK_INIT; /* reports are written in it too */
    for (size_t i = 0; i < options->leak_tools.count; i++)
        if (passes_check_tool(options->leak_tools.words[i], err) < 0)
            return EXIT_USAGE;
    int code = open_run(options, call->line, dir, sizeof dir, &lock, &stored, err);
    if (code < 0)
        return code == -ENOENT || code == -EINVAL || code == -EEXIST ? EXIT_USAGE : EXIT_UNMEASURED;
    struct progress progress = {.live = options->live};
    const struct measure_observer observer = progress_observer(&progress);
    code = measure_missing(&(struct measure){.dir = dir,
                                             .stored = &stored,
                                             .programs = options->programs,
                                             .passes = !options->no_passes,
                                             .leak_tools = options->leak_tools.words,
                                             .leak_tool_count = options->leak_tools.count,
                                             .observer = &observer},
                           err);
    if (code < 0 && code != -EINTR)
        return EXIT_UNMEASURED;
    return report(dir, &options->weights, code, err);
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
                  .at = offsetof(struct options, own.command),
                  .command = true,
                  .completes = COMPLETE_COMMAND},
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run_run,
};
