/*
 * heapchurn run: carry out a plan, store it, report it.
 */
#include <argp.h>
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
#include "passes.h"
#include "paths.h"
#include "progress.h"
#include "run_request.h"
#include "same_machine.h"
#include "units.h"

enum {
    NAMES_MAX = 128,
    TEXT_SIZE = 4096,
    KEY_RESUME = 0x100,
    KEY_QUICK,
    KEY_SEED,
    KEY_NO_ASLR,
    KEY_PERIOD,
    KEY_PROGRAMS,
    KEY_NO_PASSES,
    KEY_LEAK_TOOL,
    KEY_LIVE,
};

struct options {
    const char *workloads[NAMES_MAX];
    size_t workload_count;
    const char *rows[NAMES_MAX];
    size_t row_count;
    int64_t blocks;
    const char *output;
    const char *resume;
    const char *programs;
    const char *leak_tools[NAMES_MAX];
    size_t leak_tool_count;
    bool quick;
    bool no_aslr;
    bool no_passes;
    bool live;
    uint64_t seed;
    int64_t sample_period_ns;
    struct recommend_weights weights;
    const char *begins; /* the last option that only a new run takes; NULL: none */
};

static const char doc[] =
    "Run every row under every workload in shuffled blocks, store each trial as it ends, and print "
    "the comparison."
    "\vWithout -w the workloads are discovery and discovery-drained; without -a the rows are those "
    "marked default in 'heapchurn list'. Results are printed on standard output, progress on "
    "standard error, and everything is kept in the run's folder: 'heapchurn report DIR' prints it "
    "again.\n\n"
    "Interrupted (Ctrl-C) or failed, a run keeps the trials that were finished; --resume DIR "
    "carries "
    "out the rest.\n\n"
    "EXAMPLES\n"
    "  heapchurn run                              the default comparison, 3 blocks\n"
    "  heapchurn run -w leak -a glibc -r 1        one trial\n"
    "  heapchurn run -a jemalloc -a jemalloc+prof -r 10\n"
    "  heapchurn run --resume results/20261121T012800Z-discovery\n\n"
    "EXIT STATUS  0 all trials valid; 2 usage; 3 something could not be measured.";

static const struct argp_option option_table[] = {
    {"workload", 'w', "NAME", 0, "Workload name or path of a YAML file; repeatable", 0},
    {"allocator", 'a', "ROW", 0, "Row to compare, 'all', or path of a row's YAML file; repeatable",
     0},
    {"repetitions", 'r', "N", 0, "Blocks: each holds one trial of every row (default 3)", 0},
    {"output", 'o', "DIR", 0, "Folder of this run (default results/<UTC>-<workloads>)", 0},
    {"resume", KEY_RESUME, "DIR", 0, "Carry out what is missing in this run", 0},
    {"quick", KEY_QUICK, NULL, 0, "Fewer rounds, for a first look", 0},
    {"seed", KEY_SEED, "N", 0, "Seed of the order within blocks (default: from the clock)", 0},
    {"no-aslr", KEY_NO_ASLR, NULL, 0,
     "Subjects without address randomisation: about 1 % of a small RSS is its noise", 0},
    {"period", KEY_PERIOD, "TIME", 0, "Sampling period (default 20ms)", 0},
    {"live", KEY_LIVE, NULL, 0, "Show the trials meanwhile on a page of this machine", 0},
    {"programs", KEY_PROGRAMS, "DIR", 0,
     "Folder of peer-*, proxy-*, churner (default: beside "
     "heapchurn)",
     0},
    {"leak-tool", KEY_LEAK_TOOL, "NAME", 0,
     "Leak tool instead of the default ones ('heapchurn calibrate' shows all); repeatable", 0},
    {"weights", 'W', "WEIGHTS", 0,
     "Of the recommendation (default memory=2,cpu=1,latency=1); a term not named weighs nothing",
     0},
    {"no-passes", KEY_NO_PASSES, NULL, 0,
     "Without the short trials under leak tools, heap profilers and the ledger", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static error_t parse_count(struct argp_state *state, const char *text, int64_t least, int64_t most,
                           int64_t *out)
{
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end || value < least || value > most)
        argp_error(state, "'%s' is not a whole number from %" PRId64 " to %" PRId64, text, least,
                   most);
    *out = value;
    return 0;
}

/* The options that are a switch, and those that are taken as they stand. */
static bool *switch_for(struct options *options, int key)
{
    switch (key) {
    case KEY_QUICK:
        return &options->quick;
    case KEY_NO_ASLR:
        return &options->no_aslr;
    case KEY_LIVE:
        return &options->live;
    case KEY_NO_PASSES:
        return &options->no_passes;
    default:
        return NULL;
    }
}

static const char **text_for(struct options *options, int key)
{
    switch (key) {
    case 'o':
        return &options->output;
    case KEY_RESUME:
        return &options->resume;
    case KEY_PROGRAMS:
        return &options->programs;
    default:
        return NULL;
    }
}

/* Its name, where an option says what is measured: a stored run has that already. */
static const char *begins_a_run(int key)
{
    switch (key) {
    case 'w':
        return "-w";
    case 'a':
        return "-a";
    case 'r':
        return "-r";
    case 'o':
        return "-o";
    case KEY_QUICK:
        return "--quick";
    case KEY_SEED:
        return "--seed";
    case KEY_NO_ASLR:
        return "--no-aslr";
    case KEY_PERIOD:
        return "--period";
    default:
        return NULL;
    }
}

static void add_name(struct argp_state *state, const char **names, size_t *count, const char *name)
{
    if (*count == NAMES_MAX)
        argp_error(state, "more than %d names", NAMES_MAX);
    names[(*count)++] = name;
}

static void parse_period(struct argp_state *state, const char *text, int64_t *out_ns)
{
    struct err err = ERR_INIT;
    if (units_parse_duration(text, out_ns, &err) < 0)
        argp_error(state, "%s", err.text);
    if (*out_ns < CLOCK_NS_PER_MS)
        argp_error(state, "a sampling period below 1 ms would measure the sampler");
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct options *options = state->input;
    struct err err = ERR_INIT;
    int64_t number = 0;
    bool *on = switch_for(options, key);
    const char **taken = text_for(options, key);
    if (begins_a_run(key))
        options->begins = begins_a_run(key);
    if (on)
        *on = true;
    else if (taken)
        *taken = text;
    if (on || taken)
        return 0;
    switch (key) {
    case 'w':
        add_name(state, options->workloads, &options->workload_count, text);
        return 0;
    case 'a':
        add_name(state, options->rows, &options->row_count, text);
        return 0;
    case 'r':
        return parse_count(state, text, 1, STORE_BLOCKS_MAX, &options->blocks);
    case KEY_SEED:
        (void)parse_count(state, text, 0, INT64_MAX, &number);
        options->seed = (uint64_t)number;
        return 0;
    case KEY_PERIOD:
        parse_period(state, text, &options->sample_period_ns);
        return 0;
    case KEY_LEAK_TOOL:
        if (passes_check_tool(text, &err) < 0)
            argp_error(state, "%s", err.text);
        add_name(state, options->leak_tools, &options->leak_tool_count, text);
        return 0;
    case 'W':
        if (recommend_weights_parse(text, &options->weights, &err) < 0)
            argp_error(state, "%s", err.text);
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "unexpected argument '%s'; workloads are named with -w", text);
        return 0;
    case ARGP_KEY_END:
        if (options->resume && options->begins)
            argp_error(state, "--resume takes what is measured from the stored run; leave %s out",
                       options->begins);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {.options = option_table, .parser = parse, .doc = doc};

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

static void join_words(int argc, char **argv, char *out, size_t size)
{
    size_t used = 0;
    for (int i = 0; i < argc && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "", argv[i]);
}

/* Make the run's folder, or load the run that is to be resumed; locked. */
static int open_run(const struct options *options, int argc, char **argv, char *dir, size_t size,
                    struct store_lock *lock, struct stored_run *stored, struct err *err)
{
    if (options->resume) {
        (void)snprintf(dir, size, "%s", options->resume);
        int loaded = store_lock(dir, lock, err);
        if (loaded == 0)
            loaded = store_load(dir, stored, err);
        return loaded < 0 ? loaded : same_machine_check(&stored->run, err);
    }
    char command[TEXT_SIZE];
    char skipped[TEXT_SIZE];
    join_words(argc, argv, command, sizeof command);
    struct run_request request = {
        .workload_names = options->workloads,
        .workload_count = options->workload_count,
        .row_names = options->rows,
        .row_count = options->row_count,
        .blocks = options->blocks,
        .quick = options->quick,
        .seed = options->seed,
        .sample_period_ns = options->sample_period_ns,
        .no_aslr = options->no_aslr,
        .command = command,
    };
    int code = run_request_resolve(&request, &stored->run, skipped, sizeof skipped, err);
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

static int run_run(int argc, char **argv, struct err *err)
{
    struct options options = {
        .blocks = 3,
        .seed = (uint64_t)clock_now_ns(),
        .sample_period_ns = 20LL * CLOCK_NS_PER_MS,
        .weights = recommend_weights_default,
    };
    if (argp_parse(&argp, argc, argv, 0, NULL, &options) != 0)
        return EXIT_USAGE;
    char dir[PATHS_MAX];
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(store_lock) struct store_lock lock = STORE_LOCK_INIT; /* reports are written in it too */
    int code = open_run(&options, argc, argv, dir, sizeof dir, &lock, &stored, err);
    if (code < 0)
        return code == -ENOENT || code == -EINVAL || code == -EEXIST ? EXIT_USAGE : EXIT_UNMEASURED;
    code = measure_missing(&(struct measure){.dir = dir,
                                             .stored = &stored,
                                             .programs = options.programs,
                                             .passes = !options.no_passes,
                                             .leak_tools = options.leak_tools,
                                             .leak_tool_count = options.leak_tool_count,
                                             .live = options.live,
                                             .observer = &progress_observer},
                           err);
    if (code < 0 && code != -EINTR)
        return EXIT_UNMEASURED;
    return report(dir, &options.weights, code, err);
}

const struct command command_run = {
    .name = "run",
    .summary = "measure rows under workloads, store and compare them",
    .run = run_run,
};
