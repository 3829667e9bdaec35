/*
 * heapchurn tune: what the settings of an allocator buy, and at which price.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "command.h"
#include "path.h"
#include "paths.h"
#include "planning.h"
#include "price_list.h"
#include "progress.h"
#include "replay_rule.h"
#include "result.h"
#include "results_folder.h"
#include "row_lookup.h"
#include "run_text.h"
#include "shared_options.h"
#include "tuning.h"
#include "units.h"
#include "whole_file.h"
#include "wrap.h"

enum { TEXT_SIZE = 4096 };

static const int64_t budget_ns_default = 1200LL * CLOCK_NS_PER_S;

struct options {
    struct planning planning;
    struct option_list trace;
    struct own_trace traces; /* how it is played */
    struct option_list knobs;
    int64_t budget_ns;
    const char *resume;
    struct recommend_weights weights;
};

static const struct option_row option_rows[] = {
    PLANNING_OPTION_WORKLOADS(struct options, planning),
    PLANNING_OPTION_ROWS(struct options, planning,
                         "Row that the settings build on, or path of a row's YAML file"),
    {.name = "knob",
     .letter = 'k',
     .argument = "NAME[=VALUE]",
     .kind = OPTION_LIST,
     .at = offsetof(struct options, knobs),
     .help = "Only these, with the values worth trying or your own (default: all)"},
    PLANNING_OPTION_QUICK(struct options, planning),
    PLANNING_OPTIONS_SAMPLING(struct options, planning),
    OPTION_WEIGHTS(struct options, weights),
    PLANNING_OPTION_OUTPUT(struct options, planning,
                           "Folder of the results (default: results/<UTC>-tune-<workload>)"),
    OPTION_RESUME(struct options, resume, PLANNING_MEASURED,
                  "takes what is measured from what is stored", "Go on with what was interrupted"),
    {.name = "budget",
     .letter = 'b',
     .argument = "TIME",
     .kind = OPTION_DURATION,
     .at = offsetof(struct options, budget_ns),
     .least = CLOCK_NS_PER_S,
     .help = "Time for all of it (default: 20m, or what it was when it was begun)"},
    OPTION_PROGRAMS(struct options, planning.programs),
    PLANNING_OPTIONS_OWN(struct options, planning),
    {.name = "trace",
     .argument = "FILE",
     .kind = OPTION_LIST,
     .at = offsetof(struct options, trace),
     .completes = COMPLETE_FILE,
     .group = "A recording, in place of a workload",
     .help = "What 'heapchurn record' wrote"},
    OWN_TRACE_OPTION_MODE(struct options, traces, NULL),
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn tune -w storm -a jemalloc", "all its settings, within twenty minutes"},
    {"heapchurn tune -w threads -a glibc -k arena_max -k tcache_count", NULL},
    {"heapchurn tune -w my.yaml -a jemalloc -k dirty_decay_ms=500 -b 1h", NULL},
    {"heapchurn tune -a glibc --ready port --load './load {port}' -- ./server {port}",
     "your own server"},
    {"heapchurn tune -a mimalloc --trace server.trace", "what it allocated when it was recorded"},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "every setting that was tried took effect and was measured"},
    {"2", "usage, a mistake in a file, an unknown knob, or a budget that is too small"},
    {"3", "something could not be measured, or a setting did not take effect"},
    {NULL, NULL},
};

static int resume(const struct options *options, struct tuning *out, struct err *err)
{
    if (own_program_given(&options->planning.own) || options->trace.count > 0)
        return err_set(err, -EINVAL,
                       "--resume takes what is measured from what is stored: no program, no trace");
    int code = tuning_load(options->resume, out, err);
    if (code == 0 && options->budget_ns > 0)
        out->budget_ns = options->budget_ns;
    return code;
}

/* From what was typed: a workload, a program after "--", or a trace; and a row. */
static int resolve(const struct options *options, const char *line, struct run *out,
                   struct err *err)
{
    struct planning planning = options->planning;
    const struct own_trace traces = {
        .files = {.words = (char **)(uintptr_t)options->trace.words, .count = options->trace.count},
        .mode = options->traces.mode,
        .slices = -1,
        .image = -1,
    };
    const bool own = own_program_given(&planning.own);
    const int said = (planning.workloads.count > 0) + own + (traces.files.count > 0);
    if (said == 0 || planning.rows.count == 0)
        return err_set(err, -EINVAL,
                       "which settings, under what? Name a row, and a workload or a program: "
                       "heapchurn tune -w storm -a jemalloc");
    if (said > 1)
        return err_set(err, -EINVAL,
                       "-w names a workload, --trace a recording and '--' a program of your own: "
                       "take one of them");
    planning.traces = traces.files.count > 0 ? &traces : NULL;
    planning.blocks = 1;
    planning.no_passes = true;
    return planning_resolve(&planning, line, out, err);
}

/* The same trace on the rows by which a replay is checked, as far as this build has them. False:
 * there is no trace, or no such row. */
static int resolve_judges(const struct options *options, const char *line, const struct run *run,
                          struct run *out, struct err *err)
{
    static const char *const known[] = {"glibc", "jemalloc"};
    struct options of = *options;
    struct option_list *rows = &of.planning.rows;
    struct allocator_row row;
    if (run->workload_count != 1 || !spec_trace_given(&run->workloads[0].trace))
        return 0;
    rows->count = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
        if (row_lookup(known[i], &row, NULL) == 0)
            rows->words[rows->count++] = known[i];
    return rows->count > 0 ? resolve(&of, line, out, err) : 0;
}

static int open_tuning(const struct options *options, const char *line, struct tuning *out,
                       struct err *err)
{
    char name[PATHS_MAX / 2], made[PATHS_MAX];
    const char *dir = options->planning.output;
    AUTO(run) struct run run = {.blocks = 0};
    if (options->resume)
        return resume(options, out, err);
    AUTO(run) struct run judges = {.blocks = 0};
    int code = resolve(options, line, &run, err);
    if (code == 0)
        code = resolve_judges(options, line, &run, &judges, err);
    if (code < 0)
        return code;
    const struct tuning_request request = {
        .run = &run,
        .judges = judges.row_count > 0 ? &judges : NULL,
        .knobs = options->knobs.words,
        .knob_count = options->knobs.count,
        .budget_ns = options->budget_ns > 0 ? options->budget_ns : budget_ns_default,
        .weights = options->weights,
    };
    (void)snprintf(name, sizeof name, "tune-%s", run.workloads[0].name);
    if (!dir && (code = results_folder_make(name, made, sizeof made, err)) < 0)
        return code;
    code = tuning_begin(&request, dir ? dir : made, out, err);
    if (code < 0 && !dir)
        results_folder_forget(made);
    return code;
}

static void on_judges(void *context)
{
    (void)context;
    (void)fputs("how near the replay comes to the program: glibc and jemalloc, once\n", stderr);
}

static void on_rung(void *context, size_t rung, const struct tune_rung *next, int64_t trial_ns)
{
    (void)context;
    char time_text[64];
    const int64_t trials = (int64_t)next->settings.count * next->blocks;
    (void)fprintf(stderr, "rung %zu: %zu settings and the default twice, %" PRId64 " block%s, %s\n",
                  rung, next->settings.count - 2, next->blocks, next->blocks == 1 ? "" : "s",
                  units_format_duration(trials * trial_ns / CLOCK_NS_PER_S * CLOCK_NS_PER_S,
                                        time_text, sizeof time_text));
}

struct file {
    const char *name;
    void (*write)(const struct price_list *list, FILE *out);
    const struct price_list *list;
};

static int write_part(FILE *out, void *context)
{
    const struct file *file = context;
    file->write(file->list, out);
    return 0;
}

static void write_picture(const struct price_list *list, FILE *out)
{
    price_list_picture(list, TUNE_CPU, out);
}

static int write_files(const struct tuning *tuning, const struct price_list *list, struct err *err)
{
    struct file files[] = {{"tune.html", price_list_page, list},
                           {"prices.json", price_list_json, list},
                           {"frontier.svg", write_picture, list}};
    int code = 0;
    for (size_t i = 0; code == 0 && i < ARRAY_LENGTH(files); i++) {
        AUTO_FREE char *path = path_join(tuning->dir, "%s", files[i].name);
        code = whole_file_write(path, write_part, &files[i], err);
    }
    return code;
}

/* The row of what to run, in the last rung that measured it. */
static void find_advised(const struct tuning *tuning, const char *setting, struct result *result,
                         struct price_list *list)
{
    for (size_t r = tuning->rung_count; r-- > 0 && *setting && !list->advised;) {
        result_release(result);
        result_build(&tuning->rung[r], result);
        const struct result_workload *workload = &result->workloads[0];
        for (size_t i = 0; i < workload->row_count; i++) {
            const char *name = workload->rows[i].row->name;
            if (strcmp(tune_setting_of_row(name, tuning->base), setting) == 0) {
                list->advised = workload;
                list->advised_row = i;
            }
        }
    }
}

/* Of a trace: how near its replay comes, and so what may be said of settings. NULL: it is none. */
static const struct result_workload *judge(const struct tuning *tuning, const struct result *first,
                                           struct result *judged, struct tune_data *data)
{
    if (tuning->judged)
        result_build(&tuning->judges, judged);
    const struct result_workload *workload =
        judged->workload_count > 0 ? &judged->workloads[0] : &first->workloads[0];
    const struct replay_check *check = &workload->replay;
    if (!spec_trace_given(&tuning->rung[0].run.workloads[0].trace))
        return NULL;
    data->unranked = !check->is_trace || !replay_rule_ranks(check);
    data->memory_unsure = data->unranked ? 0 : replay_rule_unsure(check, METRIC_RSS_ANON_PLATEAU);
    return check->is_trace ? workload : NULL;
}

/* Print and write what is known, also after an interruption. */
static int tell(const struct tuning *tuning, struct err *err)
{
    AUTO(tune_data) struct tune_data data;
    AUTO(result) struct result first;
    AUTO(result) struct result judged = {.workload_count = 0};
    AUTO(result) struct result last = {.workload_count = 0};
    struct tune_choice choice;
    struct text_style style;
    char host[TEXT_SIZE];
    tuning_data(tuning, &data);
    result_build(&tuning->rung[0], &first);
    const struct result_workload *replayed = judge(tuning, &first, &judged, &data);
    tune_choose(&data, &tuning->weights, false, &choice);
    const struct run *run = &tuning->rung[0].run;
    struct price_list list = {
        .workload = run->workloads[0].name,
        .question = run->workloads[0].question,
        .base = tuning->base,
        .version = first.workloads[0].rows[0].version,
        .host = run_text_host(&first, host, sizeof host),
        .environment = (const char *const *)(uintptr_t)run->rows[0].environment,
        .data = &data,
        .choice = &choice,
        .judged = replayed,
        .left_out = tuning->left_out,
        .spent_ns = tuning->spent_ns,
    };
    find_advised(tuning, data.settings.list[choice.best].name, &last, &list);
    text_style_detect(stdout, &style);
    price_list_print(&list, stdout, &style);
    if (write_files(tuning, &list, err) < 0)
        return EXIT_UNMEASURED;
    (void)printf("\nStored in %s; to look at it, open %s/tune.html\n", tuning->dir, tuning->dir);
    for (size_t i = 0; i < data.settings.count; i++)
        if (*data.trouble[i]) {
            (void)err_set(err, -ENODATA, "%s is no result: %s",
                          *data.settings.list[i].name ? data.settings.list[i].name : "the default",
                          data.trouble[i]);
            return EXIT_UNMEASURED;
        }
    return EXIT_OK;
}

static int run_tune(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    AUTO(tuning) struct tuning tuning = {.lock = STORE_LOCK_INIT};
    int code = open_tuning(options, call->line, &tuning, err);
    if (code < 0)
        return planning_exit(code);
    struct progress progress = {.live = false};
    const struct tuning_observer observer = {
        .judges = on_judges, .rung = on_rung, .measure = progress_observer(&progress)};
    code = tuning_measure(&tuning, options->planning.programs, NULL, &observer, err);
    if (code < 0 && code != -EINTR)
        return code == -ENOSPC || code == -EINVAL ? EXIT_USAGE : EXIT_UNMEASURED;
    struct err told = ERR_INIT;
    int status = tell(&tuning, &told);
    if (code == -EINTR) {
        (void)err_set(err, code, "interrupted; finish it with 'heapchurn tune --resume %s'",
                      tuning.dir);
        return EXIT_UNMEASURED;
    }
    if (status != EXIT_OK)
        (void)err_set(err, told.code, "%s", told.text);
    return status;
}

const struct command command_tune = {
    .name = "tune",
    .summary = "what the settings of an allocator buy, and at which price",
    .description =
        "Measure the settings of one allocator under one workload: each value of each knob alone "
        "against the default, then the most promising ones and pairs of them in more blocks, until "
        "the budget is spent. The default is measured twice, as two settings, in every block.\n\n"
        "It prints a line a setting (memory, CPU, join p99, time until half was given back), the "
        "frontier of what is worth its price, and the setting to run with its exact environment. "
        "Each setting is read back from the allocator, or from the dynamic loader; one that did "
        "not take effect is an error and no result.\n\n"
        "What it runs under is a workload, a recorded trace, or, after '--', a program of your own "
        "that is driven as in 'heapchurn run'.\n\n"
        "Settings are rows of ordinary runs, in the folders rung-0 to rung-3 of the results; "
        "'heapchurn report DIR/rung-1' looks at one. Interrupted (Ctrl-C) it tells what is known "
        "so far; --resume DIR goes on.",
    .options = option_rows,
    .arguments = ARGUMENTS_COMMAND(struct options, planning.own.command),
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run_tune,
};
