/*
 * heapchurn replay: recorded traces as workloads, measured like any other.
 */
#include <errno.h>

#include "command.h"
#include "measured_run.h"
#include "shared_options.h"

struct options {
    struct planning planning;
    struct own_trace traces;
    const char *resume;
    bool live;
    struct recommend_weights weights;
    struct on_slurm where;
};

#define WHAT_IS_PLAYED "What is played"

static const struct option_row option_rows[] = {
    OWN_TRACE_OPTION_MODE(struct options, traces, WHAT_IS_PLAYED),
    {.name = "slices",
     .argument = "N",
     .kind = OPTION_NUMBER,
     .at = offsetof(struct options, traces.slices),
     .least = 1,
     .most = 100000,
     .help = "Into how many slices of equal events the trace is cut: its cycles (default: 200)"},
    {.name = "image",
     .argument = "N",
     .kind = OPTION_NUMBER,
     .at = offsetof(struct options, traces.image),
     .least = 1,
     .most = 1 << 24,
     .help = "Which of its programs (default: the one with the most events; 'heapchurn trace')"},
    PLANNING_OPTION_ROWS(struct options, planning, PLANNING_ROWS_TEXT),
    PLANNING_OPTION_BLOCKS(struct options, planning),
    PLANNING_OPTIONS_SAMPLING(struct options, planning),
    PLANNING_OPTION_OUTPUT(struct options, planning,
                           "Folder of this run (default: results/<UTC>-<traces>)"),
    OPTION_RESUME(struct options, resume, WHAT_IS_PLAYED,
                  "takes what is played from the stored run",
                  "Carry out what is missing in this run"),
    OPTION_LIVE(struct options, live),
    {.name = "no-passes",
     .at = offsetof(struct options, planning.no_passes),
     .help = "Without the short trial under the ledger"},
    OPTION_PROGRAMS(struct options, planning.programs),
    OPTION_WEIGHTS(struct options, weights),
    ON_SLURM_OPTIONS(struct options, where),
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn record -o redis.trace -- redis-server", "once, where the program runs"},
    {"heapchurn replay redis.trace", "the default rows, 3 blocks"},
    {"heapchurn replay redis.trace -a glibc -a jemalloc -r 1", "a first look"},
    {"heapchurn replay redis.trace --on slurm --hosts 4", "by a cluster whose nodes see the file"},
    {"heapchurn replay --resume results/20261129T012800Z-redis", NULL},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "all trials valid"},
    {"2", "usage, or a file that is no trace or makes no sense"},
    {"3", "something could not be measured"},
    {NULL, NULL},
};

static int run_replay(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    struct planning planning = options->planning;
    const struct option_words *files = &options->traces.files;
    if (!options->resume && files->count == 0) {
        (void)err_set(err, -EINVAL, "which trace? 'heapchurn record' makes one");
        return EXIT_USAGE;
    }
    if (options->resume && files->count > 0) {
        (void)err_set(err, -EINVAL,
                      "--resume takes what is played from the stored run; leave '%s' out",
                      files->words[0]);
        return EXIT_USAGE;
    }
    planning.traces = &options->traces;
    return measured_run(&(struct measured_run){.planning = &planning,
                                               .resume = options->resume,
                                               .where = &options->where,
                                               .live = options->live,
                                               .weights = &options->weights,
                                               .line = call->line},
                        err);
}

const struct command command_replay = {
    .name = "replay",
    .summary = "play recorded traces on every row, and compare",
    .description =
        "Play what a program allocated when it was recorded ('heapchurn record') on every row: its "
        "threads, each in its own order, its sizes, and as far as it is known how much of each "
        "block was written. Everything else is as in 'heapchurn run': shuffled blocks, the proof "
        "of "
        "the allocator, samples, verdicts, and a folder that 'heapchurn report' prints again.\n\n"
        "A round is a slice of the trace; all slices have equally many events. What was counted is "
        "held against the trace after each of them, to the byte.\n\n"
        "One program of a trace is played: forked children are programs of their own (--image). "
        "docs/replay.md says how near a replay comes to the program.\n\n"
        "Interrupted (Ctrl-C) or failed, a run keeps the trials that were finished; --resume DIR "
        "carries out the rest, of the same file.",
    .options = option_rows,
    .arguments = {.usage = "[FILE...]",
                  .most = OWN_TRACES_MAX,
                  .at = offsetof(struct options, traces.files),
                  .completes = COMPLETE_FILE},
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run_replay,
};
