/*
 * heapchurn diagnose: from "it grows" to the line of code.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "diagnose.h"
#include "diagnose_answer.h"
#include "diagnose_command.h"
#include "fate.h"
#include "folder.h"
#include "interrupt.h"
#include "paths.h"
#include "pins.h"
#include "results_folder.h"
#include "run_request.h"
#include "shared_options.h"
#include "temporary.h"
#include "trial_curve.h"
#include "wrap.h"

struct options {
    const char *workload;
    const char *row;
    struct option_list tools;
    const char *output;
    char *libraries; /* an absolute path, or NULL */
    const char *programs;
    int64_t rounds; /* -1: by what the tool costs */
    bool list;
    struct option_words command; /* any, to be run under the one tool */
};

static int parse_folder(const char *text, void *out, struct err *err)
{
    char *path = realpath(text, NULL);
    if (!path)
        return err_set(err, -errno, "--libraries %s: %s", text, strerror(errno));
    *(char **)out = path;
    return 0;
}

static const struct option_row option_rows[] = {
    {.name = "workload",
     .letter = 'w',
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, workload),
     .fallback = "discovery",
     .completes = COMPLETE_WORKLOADS,
     .help = "Workload name or path of a YAML file"},
    OPTION_ONE_ROW(struct options, row),
    {.name = "with",
     .argument = "TOOL",
     .kind = OPTION_LIST,
     .at = offsetof(struct options, tools),
     .completes = COMPLETE_TOOLS,
     .help = "Tool"},
    {.name = "output",
     .letter = 'o',
     .argument = "DIR",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, output),
     .completes = COMPLETE_FOLDER,
     .help = "Folder (default: results/<UTC>-diagnose-<workload>-<row>; of a COMMAND: "
             "<tool>.<process>)"},
    {.name = "libraries",
     .argument = "DIR",
     .kind = OPTION_PARSED,
     .at = offsetof(struct options, libraries),
     .parse = parse_folder,
     .completes = COMPLETE_FOLDER,
     .help = "Libraries with symbols, for the measured program alone"},
    {.name = "rounds",
     .argument = "N",
     .kind = OPTION_NUMBER,
     .at = offsetof(struct options, rounds),
     .least = 1,
     .most = 1000000,
     .help = "Rounds under a tool (default: by what it costs)"},
    OPTION_PROGRAMS(struct options, programs),
    {.name = "list",
     .at = offsetof(struct options, list),
     .help = "List the tools, or why one is not available"},
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn diagnose -w discovery -a glibc", NULL},
    {"heapchurn diagnose -w leak -a tcmalloc --with heapcheck --with heapprofile", NULL},
    {"heapchurn diagnose -w discovery --with massif --libraries ~/libzmq-debug/lib", NULL},
    {"heapchurn diagnose -- ./server --port 0", NULL},
    {"heapchurn diagnose --list", NULL},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "diagnosed"},
    {"2", "usage, or a tool that is not here"},
    {"3", "a pass failed"},
    {NULL, NULL},
};

static int available(const struct tool *tool, const char *allocator, const char *programs,
                     struct err *err)
{
    int code = tool_available(tool, allocator, programs, err);
    return code < 0 ? code : diagnose_check_version(tool, allocator, programs, err);
}

static int list_tools(const char *programs)
{
    enum { NAME_WIDTH = 15 };
    struct text_style style;
    text_style_detect(stdout, &style);
    for (const struct tool *tool = tool_next_with_sites(NULL); tool;
         tool = tool_next_with_sites(tool)) {
        bool of_row = tool->allocator && !tool->program_suffix;
        struct err why = ERR_INIT;
        char name[NAME_WIDTH + 1];
        char line[sizeof why.text];
        (void)snprintf(name, sizeof name, "%-*s", NAME_WIDTH, tool->name);
        (void)snprintf(line, sizeof line, "%s%s%s", tool->summary, of_row ? "; row " : "",
                       of_row ? tool->allocator : "");
        if (available(tool, NULL, programs, &why) < 0)
            wrap_print(stdout, &style, LOOK_DIM, name, NAME_WIDTH,
                       why.text + strlen(tool->name) + 1);
        else
            wrap_print(stdout, &style, LOOK_PLAIN, name, NAME_WIDTH, line);
    }
    return EXIT_OK;
}

/* What the pass without a tool says. */
static void judge(const struct diagnosis *plain, struct attribution *out)
{
    AUTO(memory_curve) struct memory_curve curve = {0};
    trial_curve_build(&plain->record, RECORD_PRIMARY, &curve);
    trial_curve_judge(&curve, out);
}

static size_t choose(const struct verdict *verdict, const struct diagnosis *plain,
                     const char *allocator, const char **out)
{
    size_t count = 0;
    bool grows = verdict->kind == VERDICT_LEAK || verdict->kind == VERDICT_INCONCLUSIVE;
    if (verdict->kind == VERDICT_RETENTION) {
        out[count++] = "statistics";
    } else if (grows && !fate_left_at_exit(plain)) {
        for (const struct tool *tool = tool_next_with_sites(NULL); tool;
             tool = tool_next_with_sites(tool))
            if (tool->asks_dumps && strcmp(tool->allocator, allocator) == 0)
                out[count++] = tool->name;
        if (count == 0)
            out[count++] = "memcheck"; /* no profiler of its own; counts blocks as one would */
        out[count++] = "massif";
    } else {
        out[count++] = "memcheck";
        out[count++] = "lsan";
    }
    return count;
}

/* Leaves the tools that are here, and says why the others are not. -ENOENT: none is. */
static int keep_available(struct options *options, const char *allocator, struct err *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < options->tools.count; i++) {
        struct err why = ERR_INIT;
        if (available(tool_find(options->tools.words[i]), allocator, options->programs, &why) < 0)
            (void)fprintf(stderr, "%s\n", why.text);
        else
            options->tools.words[kept++] = options->tools.words[i];
    }
    options->tools.count = kept;
    return kept > 0 ? 0
                    : err_set(err, -ENOENT,
                              "none of the tools is available here for this row; 'heapchurn "
                              "diagnose --list' says what brings them");
}

static int run_tools(const struct diagnose_request *request, const struct options *options,
                     const struct diagnosis *plain, struct diagnosis *diagnoses, size_t *out_count,
                     struct err *err)
{
    for (size_t i = 0; i < options->tools.count; i++) {
        const struct tool *tool = tool_find(options->tools.words[i]);
        (void)fprintf(stderr, "%s …\n", tool->name);
        int code = diagnose_run(request, tool, &diagnoses[*out_count], err);
        if (code == -EINTR)
            (void)err_set(err, code, "interrupted under %s; what it wrote until then is in %s/%s",
                          tool->name, request->folder, tool->name);
        if (code < 0) {
            diagnosis_release(&diagnoses[*out_count]);
            return code;
        }
        ++*out_count;
        code = diagnosis_save(&diagnoses[*out_count - 1], plain, err);
        if (code < 0)
            return code;
    }
    return 0;
}

/* Passes, then the answer. The status for the shell. */
static int diagnose(const struct diagnose_request *request, struct options *options,
                    struct err *err)
{
    AUTO(diagnosis) struct diagnosis plain = {.tool = NULL};
    size_t count = 0;
    struct attribution judged;
    (void)fprintf(stderr, "without a tool …\n");
    int code = diagnose_run(request, NULL, &plain, err);
    if (code == -EINTR)
        (void)err_set(err, code, "interrupted before anything was measured; the logs are in %s",
                      plain.folder);
    if (code < 0)
        return EXIT_UNMEASURED;
    if (*plain.problem) {
        (void)err_set(err, -EIO, "already without a tool: %s; see %s", plain.problem, plain.folder);
        return EXIT_UNMEASURED;
    }
    judge(&plain, &judged);
    if (options->tools.count == 0) {
        options->tools.count =
            choose(&judged.verdict, &plain, request->allocator, options->tools.words);
        code = keep_available(options, request->allocator, err);
    }
    AUTO_FREE struct diagnosis *diagnoses = calloc(options->tools.count + 1, sizeof *diagnoses);
    if (!diagnoses)
        abort();
    if (code == 0)
        code = run_tools(request, options, &plain, diagnoses, &count, err);
    bool failed = code < 0 && code != -ENOENT;
    struct err saving = ERR_INIT;
    if (diagnose_answer(request, &plain, &judged, diagnoses, count, &saving) < 0 && !failed) {
        failed = true;
        (void)err_set(err, saving.code, "%s", saving.text);
    }
    for (size_t i = 0; i < count; i++) {
        failed = failed || *diagnoses[i].problem;
        diagnosis_release(&diagnoses[i]);
    }
    return failed ? EXIT_UNMEASURED : code == -ENOENT ? EXIT_USAGE : EXIT_OK;
}

/* The folder, what the passes are to be like, and all of them. */
static int diagnose_resolved(const struct run *resolved, struct options *options, struct err *err)
{
    char name[PATHS_MAX / 2];
    char folder[PATHS_MAX];
    char absolute[PATHS_MAX];
    char unused[PINS_TEXT_MAX];
    char scratch[PATHS_MAX];
    /* By name: workload and row may have been given as files. */
    (void)snprintf(name, sizeof name, "diagnose-%s-%s", resolved->workloads[0].name,
                   resolved->rows[0].name);
    if ((!options->output && results_folder_make(name, folder, sizeof folder, err) < 0) ||
        folder_make_absolute(options->output ? options->output : folder, absolute, err) < 0)
        return EXIT_UNMEASURED;
    AUTO(interrupt) struct interrupt interrupt = interrupt_open_with_subjects();
    if (temporary_open("diagnose", scratch, sizeof scratch, err) < 0)
        return EXIT_UNMEASURED;
    (void)setenv("TMPDIR", scratch, 1); /* the pipes that a killed tool leaves go with it */
    struct diagnose_request request = {
        .workload = &resolved->workloads[0],
        .row = resolved->rows[0].name,
        .allocator = resolved->rows[0].allocator,
        .row_environment = resolved->rows[0].environment,
        .programs = options->programs,
        .folder = absolute,
        .libraries = options->libraries,
        .rounds = options->rounds < 0 ? 0 : options->rounds,
        .pins = pins_choose(unused, sizeof unused),
        .interrupt_fd = interrupt.fd,
    };
    int status = diagnose(&request, options, err);
    temporary_remove(scratch);
    return status;
}

/* The tools that are named: at most one. */
static int run_command(const struct options *options, struct err *err)
{
    if (options->tools.count > 1) {
        (void)err_set(err, -EINVAL, "a command is run under one tool: --with TOOL -- COMMAND");
        return EXIT_USAGE;
    }
    return diagnose_command(
        &(struct diagnose_command){.words = options->command.words,
                                   .tool = options->tools.count ? options->tools.words[0] : NULL,
                                   .output = options->output,
                                   .programs = options->programs},
        err);
}

static int run(const struct command_call *call, struct err *err)
{
    struct options *options = call->options;
    const struct tool *tool = NULL;
    char skipped[512];
    char programs[PATHS_MAX];
    AUTO(run) struct run resolved = {.blocks = 0};
    if (!options->programs && paths_programs(programs, err) == 0)
        options->programs = programs;
    if (options->list)
        return list_tools(options->programs);
    if (options->command.count > 0)
        return run_command(options, err);
    for (size_t i = 0; i < options->tools.count; i++)
        if (tool_named(options->tools.words[i], &tool, err) < 0)
            return EXIT_USAGE;
    struct run_request wanted = {.workload_names = &options->workload,
                                 .workload_count = 1,
                                 .row_names = &options->row,
                                 .row_count = 1,
                                 .one_row = true,
                                 .blocks = 1,
                                 .command = "diagnose"};
    if (run_request_resolve(&wanted, &resolved, skipped, sizeof skipped, err) < 0)
        return EXIT_USAGE;
    if (!options->programs)
        return EXIT_UNMEASURED;
    const size_t asked = options->tools.count;
    if (asked > 0 && keep_available(options, resolved.rows[0].allocator, err) < 0)
        return EXIT_USAGE;
    int status = diagnose_resolved(&resolved, options, err);
    return status == EXIT_OK && options->tools.count < asked ? EXIT_USAGE : status;
}

const struct command command_diagnose = {
    .name = "diagnose",
    .summary = "which code holds or lost the memory, by valgrind and other tools",
    .description =
        "Run a workload under memory tools and say which calls hold the memory, or lost it.\n\n"
        "The workload is shortened to what a tool can bear; first comes a pass without a tool, "
        "which gives the verdict and what the tools cost. Without --with the verdict chooses: held "
        "memory that grows, the row's own profiler and massif; lost blocks, memcheck and "
        "LeakSanitizer; retention, the allocator's own statistics. Everything a tool wrote stays "
        "in the folder: diagnosis.json with the verdict and the answer, and TOOL/diagnosis.json "
        "with call sites, bytes and blocks live when quiet, left at exit, and in all.\n\n"
        "With a COMMAND nothing else is run than that, once, under one tool that fits the program, "
        "or the one named, with the same settings. Processes that it forks and leaves behind are "
        "followed where the tool can (memcheck). The answer goes to standard error, what the tool "
        "writes to the folder, also what lsan and heapcheck report on standard error.",
    .options = option_rows,
    .arguments = {.usage = "[-- COMMAND...]",
                  .at = offsetof(struct options, command),
                  .command = true,
                  .completes = COMPLETE_COMMAND},
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run,
};
