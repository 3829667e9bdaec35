/*
 * heapchurn diagnose: from "it grows" to the line of code.
 */
#include <argp.h>
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "command.h"
#include "diagnose.h"
#include "diagnosis_text.h"
#include "fate.h"
#include "folder.h"
#include "interrupt.h"
#include "paths.h"
#include "run_request.h"
#include "runner.h"
#include "temporary.h"
#include "trial_curve.h"
#include "under_tool.h"
#include "wrap.h"

enum { TOOLS_MAX = 16, KEY_WITH = 0x100, KEY_LIBRARIES, KEY_ROUNDS, KEY_LIST, KEY_PROGRAMS };

struct options {
    const char *workload;
    const char *row;
    const char *tools[TOOLS_MAX];
    size_t tool_count;
    const char *output;
    char libraries[PATHS_MAX];
    const char *programs;
    int64_t rounds;
    bool list;
    char **command; /* any command, to be run under the one tool; NULL */
};

static const char doc[] =
    "Run a workload under memory tools and say which calls hold the memory, or lost it."
    "\vThe workload is shortened to what a tool can bear; first comes a pass without a tool, which "
    "gives the verdict and what the tools cost. Without --with the verdict chooses: held memory "
    "that grows, the row's own profiler and massif; lost blocks, memcheck and LeakSanitizer; "
    "retention, the allocator's own statistics. Everything a tool wrote stays in the folder: "
    "diagnosis.json with the verdict and the answer, and TOOL/diagnosis.json with call sites, "
    "bytes "
    "and blocks live when quiet, left at exit, and in all.\n"
    "\n"
    "With a COMMAND nothing else is run than that, in place of heapchurn, under the one tool, with "
    "the same settings; what the tool writes goes to the folder.\n"
    "\n"
    "EXAMPLES\n"
    "  heapchurn diagnose -w discovery -a glibc\n"
    "  heapchurn diagnose -w leak -a tcmalloc --with heapcheck --with heapprofile\n"
    "  heapchurn diagnose -w discovery --with massif --libraries ~/libzmq-debug/lib\n"
    "  heapchurn diagnose --with memcheck -- ./server --port 0\n"
    "  heapchurn diagnose --list\n"
    "\n"
    "EXIT STATUS  0 diagnosed; 2 usage, or a tool that is not here; 3 a pass failed.";

static const struct argp_option option_table[] = {
    {"workload", 'w', "NAME", 0, "Workload name or path of a YAML file (discovery)", 0},
    {"allocator", 'a', "ROW", 0, "Row (glibc)", 0},
    {"with", KEY_WITH, "TOOL", 0, "Tool; repeatable", 0},
    {"output", 'o', "DIR", 0, "Folder (results/<UTC>-diagnose-<workload>-<row>)", 0},
    {"libraries", KEY_LIBRARIES, "DIR", 0, "Libraries with symbols, for the peer alone", 0},
    {"rounds", KEY_ROUNDS, "N", 0, "Rounds under a tool (by what it costs)", 0},
    {"programs", KEY_PROGRAMS, "DIR", 0, "Folder of peer-*, proxy-*, churner", 0},
    {"list", KEY_LIST, NULL, 0, "List the tools, or why one is not available", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct options *options = state->input;
    char *end = NULL;
    switch (key) {
    case 'w':
        options->workload = text;
        return 0;
    case 'a':
        options->row = text;
        return 0;
    case KEY_WITH:
        if (options->tool_count == TOOLS_MAX)
            argp_error(state, "more than %d tools", TOOLS_MAX);
        options->tools[options->tool_count++] = text;
        return 0;
    case 'o':
        options->output = text;
        return 0;
    case KEY_LIBRARIES:
        if (!realpath(text, options->libraries))
            argp_error(state, "--libraries %s: %s", text, strerror(errno));
        return 0;
    case KEY_ROUNDS:
        options->rounds = strtoll(text, &end, 10);
        if (*end || options->rounds < 1 || options->rounds > 1000000)
            argp_error(state, "'%s' is not a whole number from 1 to 1000000", text);
        return 0;
    case KEY_PROGRAMS:
        options->programs = text;
        return 0;
    case KEY_LIST:
        options->list = true;
        return 0;
    case ARGP_KEY_ARGS:
        options->command = state->argv + state->next;
        if (options->tool_count != 1)
            argp_error(state, "a command needs one tool: --with TOOL -- COMMAND");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_table, .parser = parse, .args_doc = "[-- COMMAND...]", .doc = doc};

static int list_tools(const char *programs)
{
    enum { NAME_WIDTH = 15 };
    struct text_style style;
    text_style_detect(stdout, &style);
    for (size_t i = 0; diagnose_tools[i]; i++) {
        const struct diagnose_tool *tool = diagnose_tools[i];
        bool of_row = tool->allocator && !tool->variant;
        struct err why = ERR_INIT;
        char name[NAME_WIDTH + 1];
        char line[sizeof why.text];
        (void)snprintf(name, sizeof name, "%-*s", NAME_WIDTH, tool->name);
        (void)snprintf(line, sizeof line, "%s%s%s", tool->summary, of_row ? "; row " : "",
                       of_row ? tool->allocator : "");
        if (diagnose_tool_available(tool, NULL, programs, &why) < 0)
            wrap_print(stdout, &style, LOOK_DIM, name, NAME_WIDTH,
                       why.text + strlen(tool->name) + 1);
        else
            wrap_print(stdout, &style, LOOK_PLAIN, name, NAME_WIDTH, line);
    }
    return EXIT_OK;
}

/* What the pass without a tool says. */
static void judge(const struct diagnosis *plain, struct verdict *out)
{
    AUTO(trial_curve) struct trial_curve curve = {.storage = NULL};
    trial_curve_build(&plain->record, RECORD_PRIMARY, &curve);
    verdict_judge(&curve.curve, out);
}

static size_t choose(const struct verdict *verdict, const struct diagnosis *plain,
                     const char *allocator, const char **out)
{
    size_t count = 0;
    bool grows = verdict->kind == VERDICT_LEAK || verdict->kind == VERDICT_INCONCLUSIVE;
    if (verdict->kind == VERDICT_RETENTION) {
        out[count++] = "statistics";
    } else if (grows && !fate_left_at_exit(plain)) {
        for (size_t i = 0; diagnose_tools[i]; i++)
            if (diagnose_tools[i]->dumps && strcmp(diagnose_tools[i]->allocator, allocator) == 0)
                out[count++] = diagnose_tools[i]->name;
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
    for (size_t i = 0; i < options->tool_count; i++) {
        struct err why = ERR_INIT;
        if (diagnose_tool_available(diagnose_tool_find(options->tools[i]), allocator,
                                    options->programs, &why) < 0)
            (void)fprintf(stderr, "%s\n", why.text);
        else
            options->tools[kept++] = options->tools[i];
    }
    options->tool_count = kept;
    return kept > 0 ? 0
                    : err_set(err, -ENOENT,
                              "none of the tools is available here for this row; 'heapchurn "
                              "diagnose --list' says what brings them");
}

static int run_tools(const struct diagnose_request *request, const struct options *options,
                     const struct diagnosis *plain, struct diagnosis *diagnoses, size_t *out_count,
                     struct err *err)
{
    for (size_t i = 0; i < options->tool_count; i++) {
        const struct diagnose_tool *tool = diagnose_tool_find(options->tools[i]);
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

/* Printed, and stored. */
static int give_answer(const struct diagnose_request *request, const struct diagnosis *plain,
                       const struct verdict *verdict, struct diagnosis *diagnoses, size_t count,
                       struct err *err)
{
    struct text_style style;
    struct verdict_vote vote;
    char headline[512];
    char sentence[512];
    char fate[512];
    verdict_vote(verdict, 1, &vote);
    (void)verdict_sentence(&vote, sentence, sizeof sentence);
    const char *answer = count > 0 ? fate_sentence(diagnoses, count, plain,
                                                   verdict->kind == VERDICT_LEAK, fate, sizeof fate)
                                   : NULL;
    (void)snprintf(headline, sizeof headline,
                   "%s on %s, %" PRId64 " cycles without a tool: %s (confidence %s).",
                   request->workload->name, request->row, plain->cycles,
                   verdict_names[verdict->kind], confidence_names[verdict->confidence]);
    text_style_detect(stdout, &style);
    wrap_print(stdout, &style, LOOK_PLAIN, "", 0, headline);
    wrap_print(stdout, &style, LOOK_PLAIN, "", 0, sentence);
    if (answer)
        wrap_print(stdout, &style, LOOK_BOLD, "", 0, answer);
    if (count > 0) {
        (void)putchar('\n');
        diagnosis_print(diagnoses, count, plain, stdout, &style);
        (void)printf("\nEverything the tools wrote is in\n%s\n", request->folder);
    }
    return diagnosis_save_answer(request,
                                 &(struct diagnosis_answer){.plain = plain,
                                                            .verdict = verdict,
                                                            .sentence = sentence,
                                                            .answer = answer,
                                                            .diagnoses = diagnoses,
                                                            .count = count},
                                 err);
}

/* Passes, then the answer. The status for the shell. */
static int diagnose(const struct diagnose_request *request, struct options *options,
                    struct err *err)
{
    AUTO(diagnosis) struct diagnosis plain = {.tool = NULL};
    struct diagnosis diagnoses[TOOLS_MAX];
    size_t count = 0;
    struct verdict verdict;
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
    judge(&plain, &verdict);
    if (options->tool_count == 0) {
        options->tool_count = choose(&verdict, &plain, request->allocator, options->tools);
        code = keep_available(options, request->allocator, err);
    }
    if (code == 0)
        code = run_tools(request, options, &plain, diagnoses, &count, err);
    bool failed = code < 0 && code != -ENOENT;
    struct err saving = ERR_INIT;
    if (give_answer(request, &plain, &verdict, diagnoses, count, &saving) < 0 && !failed) {
        failed = true;
        (void)err_set(err, saving.code, "%s", saving.text);
    }
    for (size_t i = 0; i < count; i++) {
        failed = failed || *diagnoses[i].problem;
        diagnosis_release(&diagnoses[i]);
    }
    return failed ? EXIT_UNMEASURED : code == -ENOENT ? EXIT_USAGE : EXIT_OK;
}

static void default_folder(const struct options *options, char *out, size_t size)
{
    time_t now = time(NULL);
    struct tm utc;
    char stamp[32];
    const char *slash = strrchr(options->workload, '/');
    (void)strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
    (void)snprintf(out, size, "results/%s-diagnose-%s-%s", stamp,
                   slash ? slash + 1 : options->workload, options->row);
}

/* The folder, what the passes are to be like, and all of them. */
static int diagnose_resolved(const struct run *resolved, struct options *options, struct err *err)
{
    char folder[PATHS_MAX];
    char absolute[PATHS_MAX];
    char unused[128];
    char scratch[PATHS_MAX];
    default_folder(options, folder, sizeof folder);
    if (folder_make(options->output ? options->output : folder, err) < 0 ||
        !realpath(options->output ? options->output : folder, absolute))
        return EXIT_UNMEASURED;
    AUTO_CLOSE int interrupt_fd = interrupt_open_with_subjects();
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
        .libraries = *options->libraries ? options->libraries : NULL,
        .rounds = options->rounds,
        .pins = runner_pins(unused, sizeof unused),
        .interrupt_fd = interrupt_fd,
    };
    int status = diagnose(&request, options, err);
    temporary_remove(scratch);
    return status;
}

/* Returns only when that fails, with the exit status. */
static int run_under_tool(const struct options *options, struct err *err)
{
    const struct diagnose_tool *tool = NULL;
    char folder[PATHS_MAX];
    if (under_tool_find(options->tools[0], options->command, &tool, err) < 0)
        return EXIT_USAGE;
    if (under_tool_folder(tool, options->output, folder, err) < 0)
        return EXIT_UNMEASURED;
    if (*folder && diagnose_tool_check_folder(tool, folder, err) < 0)
        return EXIT_USAGE;
    if (*folder)
        (void)fprintf(stderr, "%s writes to %s\n", tool->name, folder);
    (void)under_tool_become(tool, folder, options->command, err);
    return EXIT_USAGE;
}

static int run(int argc, char **argv, struct err *err)
{
    struct options options = {.workload = "discovery", .row = "glibc"};
    const struct diagnose_tool *tool = NULL;
    char skipped[512];
    char programs[PATHS_MAX];
    AUTO(run) struct run resolved = {.blocks = 0};
    if (strcmp(argv[argc - 1], "--") == 0) {
        (void)err_set(err, -EINVAL, "no command stands behind --");
        return EXIT_USAGE;
    }
    if (argp_parse(&argp, argc, argv, 0, NULL, &options) != 0)
        return EXIT_USAGE;
    if (!options.programs && paths_programs(programs, err) == 0)
        options.programs = programs;
    if (options.list)
        return list_tools(options.programs);
    if (options.command)
        return run_under_tool(&options, err);
    for (size_t i = 0; i < options.tool_count; i++)
        if (diagnose_tool_named(options.tools[i], &tool, err) < 0)
            return EXIT_USAGE;
    struct run_request wanted = {.workload_names = &options.workload,
                                 .workload_count = 1,
                                 .row_names = &options.row,
                                 .row_count = 1,
                                 .one_row = true,
                                 .blocks = 1,
                                 .command = "diagnose"};
    if (run_request_resolve(&wanted, &resolved, skipped, sizeof skipped, err) < 0)
        return EXIT_USAGE;
    if (!options.programs)
        return EXIT_UNMEASURED;
    const size_t asked = options.tool_count;
    if (asked > 0 && keep_available(&options, resolved.rows[0].allocator, err) < 0)
        return EXIT_USAGE;
    int status = diagnose_resolved(&resolved, &options, err);
    return status == EXIT_OK && options.tool_count < asked ? EXIT_USAGE : status;
}

const struct command command_diagnose = {
    .name = "diagnose",
    .summary = "which code holds or lost the memory, by valgrind and other tools",
    .run = run,
};
