/*
 * heapchurn record: write down what a program allocates, for `heapchurn replay`.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "command.h"
#include "interrupt.h"
#include "path.h"
#include "paths.h"
#include "record_text.h"
#include "recorded_command.h"
#include "recorder.h"
#include "registry.h"
#include "scenarios.h"
#include "trace_pack.h"
#include "units.h"

struct options {
    struct option_words command;
    const char *workload;
    const char *recover;
    const char *output;
    int64_t touch_bytes;
    int64_t look_ns;
    int64_t file_bytes;
    struct option_list compare;
    int64_t originals;
    bool no_compare;
    bool small;
};

static int parse_touch(const char *text, void *out, struct err *err)
{
    int64_t *bytes = out;
    if (strcmp(text, "off") == 0) {
        *bytes = 0;
        return 0;
    }
    int code = units_parse_bytes(text, bytes, err);
    if (code == 0 && *bytes < TRACE_TOUCH_LEAST)
        return err_set(err, -EINVAL, "'%s': give a size of 128 B or more, or off", text);
    return code;
}

static int parse_file(const char *text, void *out, struct err *err)
{
    return units_parse_bytes(text, out, err);
}

static const struct option_row option_rows[] = {
    {.name = "output",
     .letter = 'o',
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, output),
     .completes = COMPLETE_FILE,
     .help = "The trace (required)"},
    {.name = "workload",
     .letter = 'w',
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, workload),
     .completes = COMPLETE_WORKLOADS,
     .help = "In place of a command: a trial of this workload, driven by its load"},
    {.name = "recover",
     .argument = "FILE.raw",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, recover),
     .completes = COMPLETE_FILE,
     .help = "In place of a command: what a recording left behind when heapchurn was killed"},
    {.name = "touch",
     .argument = "SIZE",
     .kind = OPTION_PARSED,
     .at = offsetof(struct options, touch_bytes),
     .parse = parse_touch,
     .fallback = "8KiB",
     .help = "Find out how far blocks of this size and more are written, or 'off'"},
    {.name = "look",
     .argument = "TIME",
     .kind = OPTION_DURATION,
     .at = offsetof(struct options, look_ns),
     .least = CLOCK_NS_PER_MS,
     .fallback = "100ms",
     .help = "How often living ones are looked at, to learn when"},
    {.name = "limit",
     .argument = "SIZE",
     .kind = OPTION_PARSED,
     .at = offsetof(struct options, file_bytes),
     .parse = parse_file,
     .fallback = "64GiB",
     .help = "Of events before they are packed; also the address space it takes"},
    {.name = "compare",
     .argument = "ALLOCATOR",
     .kind = OPTION_LIST,
     .at = offsetof(struct options, compare),
     .completes = COMPLETE_ROWS,
     .help = "Run the command again without the recorder on this one (default: on glibc and on "
             "jemalloc, by which a replay is checked)"},
    {.name = "originals",
     .argument = "N",
     .kind = OPTION_NUMBER,
     .at = offsetof(struct options, originals),
     .least = 1,
     .most = 100,
     .fallback = "3",
     .help =
         "So often on each: their median is what a replay is held against, and rows that differ "
         "by less than they do are not told apart"},
    {.name = "no-compare",
     .at = offsetof(struct options, no_compare),
     .help = "Do not run the command again: a replay is then held against the recorded run itself, "
             "on glibc alone, and ranks nothing"},
    {.name = "small",
     .at = offsetof(struct options, small),
     .help = "Pack it as small as can be, which takes long"},
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn record -o sort.trace -- sort -u words.txt", NULL},
    {"heapchurn record --no-compare -o server.trace -- ./server",
     "until Ctrl-C; its load is yours"},
    {"heapchurn record -w redis-growing.yaml -o redis.trace", "a program with its load"},
    {"heapchurn replay sort.trace", "which allocator would have served it best"},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "recorded: nothing is missing"},
    {"2", "usage"},
    {"3",
     "it could not be recorded, or not all of it: what is missing is said, and the trace holds "
     "the rest"},
    {NULL, NULL},
};

static void progress(const char *what)
{
    (void)fprintf(stderr, "record: %s\n", what);
}

static int check(const struct options *options, struct err *err)
{
    for (size_t i = 0; i < options->compare.count; i++) {
        const struct allocator_entry *entry = allocator_entry_find(options->compare.words[i]);
        if (!entry)
            return err_set(err, -ENOENT, "--compare: no allocator '%s'; 'heapchurn list' has them",
                           options->compare.words[i]);
        if (entry->unavailable)
            return err_set(err, -ENOENT, "--compare: %s is not here: %s", options->compare.words[i],
                           entry->unavailable);
    }
    if (!options->output)
        return err_set(err, -EINVAL, "where to? Give -o FILE.trace");
    if ((options->workload != NULL) + (options->recover != NULL) + (options->command.count > 0) > 1)
        return err_set(err, -EINVAL, "a workload, a command or --recover, not both");
    if (!options->workload && !options->recover && options->command.count == 0)
        return err_set(err, -EINVAL, "record what? Give a command after --, or -w WORKLOAD");
    return 0;
}

/* What is recorded: the workload, or a look at the command. */
static int find(const struct options *options, struct workload *workload, struct program_look *look,
                struct err *err)
{
    char folder[PATHS_MAX];
    if (!options->workload)
        return program_look(options->command.words[0], look, err);
    int code = paths_workloads(folder, err);
    return code < 0
               ? code
               : spec_load_workload(folder, options->workload, scenario_loads(), workload, err);
}

/* Two recorders in a program would have one name in its environment. */
static int check_alone(struct err *err)
{
    const char *preloads = getenv("LD_PRELOAD");
    if (!getenv(RECORDER_NAME_ENV) || !preloads || !strstr(preloads, RECORDER_LIBRARY))
        return 0;
    return err_set(err, -EBUSY,
                   "a recording is going on around this one, which has all that is started here in "
                   "it already; give one of the two up");
}

static int find_recorder(char *programs, char **out_recorder, struct err *err)
{
    char libraries[PATHS_MAX];
    int code = paths_programs(programs, err);
    if (code == 0)
        code = paths_libraries(programs, libraries, err);
    if (code < 0)
        return code;
    AUTO_FREE char *path = path_join(libraries, RECORDER_LIBRARY);
    *out_recorder = realpath(path, NULL);
    return *out_recorder ? 0 : err_set(err, -errno, "%s: %s", path, strerror(errno));
}

/* Say what it has come to. */
static int conclude(const struct recorded *recorded, const char *path, struct err *err)
{
    record_text_print(recorded, path);
    if (recorded_is_whole(recorded))
        return EXIT_OK;
    (void)err_set(err, -ENODATA, "the trace is not whole; what is missing stands above");
    return EXIT_UNMEASURED;
}

static int run_record(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    char programs[PATHS_MAX];
    AUTO_FREE char *recorder = NULL;
    struct program_look look;
    AUTO(workload) struct workload workload = {.rounds = 0};
    AUTO(recorded) struct recorded recorded = {.calls = 0};
    if (check(options, err) < 0)
        return EXIT_USAGE;
    if (options->recover)
        return recorded_recover(options->recover, options->output, &recorded, err) < 0
                   ? EXIT_UNMEASURED
                   : conclude(&recorded, options->output, err);
    if (check_alone(err) < 0)
        return EXIT_UNMEASURED;
    int code = find(options, &workload, &look, err);
    if (code < 0)
        return options->workload ? EXIT_USAGE : EXIT_UNMEASURED;
    if (find_recorder(programs, &recorder, err) < 0)
        return EXIT_UNMEASURED;
    AUTO(interrupt) struct interrupt interrupt = interrupt_open_with_subjects();
    const struct recorded_request request = {
        .out_path = options->output,
        .argv = options->workload ? NULL : options->command.words,
        .look = &look,
        .workload = options->workload ? &workload : NULL,
        .settings = {.file_bytes = options->file_bytes,
                     .touch_least_bytes = options->touch_bytes,
                     .look_ms = options->look_ns / CLOCK_NS_PER_MS},
        .originals = options->no_compare ? 0 : options->originals,
        .rows = options->compare.count > 0 ? options->compare.words : NULL,
        .level = options->small ? TRACE_PACK_LEVEL_SMALL : TRACE_PACK_LEVEL,
        .programs = programs,
        .recorder = recorder,
        .interrupt_fd = interrupt.fd,
        .progress = progress,
    };
    if (recorded_command(&request, &recorded, err) < 0)
        return EXIT_UNMEASURED;
    return conclude(&recorded, options->output, err);
}

const struct command command_record = {
    .name = "record",
    .summary = "write down what a program allocates, to replay it on every allocator",
    .description =
        "Start the command with a recorder in it, and in whatever it starts, and keep its "
        "allocations in FILE: sizes, order, threads and times, no data and no addresses. "
        "'heapchurn "
        "trace FILE' tells what is in it, 'heapchurn replay FILE' plays it on every allocator.\n\n"
        "The command gets this terminal; Ctrl-C ends it, a second one at once, and what was "
        "recorded until then is kept. Unless that ended it, it is run again afterwards without the "
        "recorder, three times on glibc and on jemalloc, and what memory it took is kept in the "
        "trace: a replay is checked against that. A command that must not run again needs "
        "--no-compare; one that takes long may do with --originals 1.\n\n"
        "Nothing is left out in silence: events that could not be written, blocks the recorder did "
        "not see and programs it was not in are counted and named, and then the exit status is 3. "
        "A "
        "program that is killed loses nothing; when heapchurn itself is killed, FILE.raw is there, "
        "and --recover makes a trace of it.",
    .options = option_rows,
    .arguments = {.usage = "[-- COMMAND...]",
                  .most = SIZE_MAX,
                  .at = offsetof(struct options, command),
                  .command = true,
                  .completes = COMPLETE_COMMAND},
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run_record,
};
