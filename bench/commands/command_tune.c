/*
 * heapchurn tune: what the settings of an allocator buy, and at which price.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "command.h"
#include "path.h"
#include "paths.h"
#include "price_list.h"
#include "progress.h"
#include "result.h"
#include "run_text.h"
#include "shared_options.h"
#include "tuning.h"
#include "units.h"
#include "whole_file.h"
#include "wrap.h"

enum { TEXT_SIZE = 4096 };

static const int64_t budget_ns_default = 1200LL * CLOCK_NS_PER_S;

struct options {
    const char *workload;
    const char *row;
    struct option_list knobs;
    int64_t budget_ns;
    bool quick;
    int64_t seed; /* -1: from the clock */
    const char *output;
    const char *resume;
    const char *programs;
    struct recommend_weights weights;
};

#define MEASURED "What is measured"

static const struct option_row option_rows[] = {
    {.name = "workload",
     .letter = 'w',
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, workload),
     .completes = COMPLETE_WORKLOADS,
     .group = MEASURED,
     .help = "Workload name or path of a YAML file; also one with a program of your own"},
    {.name = "allocator",
     .letter = 'a',
     .argument = "ROW",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, row),
     .completes = COMPLETE_ROWS,
     .help = "Row that the settings build on, or path of a row's YAML file"},
    {.name = "knob",
     .letter = 'k',
     .argument = "NAME[=VALUE]",
     .kind = OPTION_LIST,
     .at = offsetof(struct options, knobs),
     .help = "Only these, with the values worth trying or your own (default: all)"},
    {.name = "quick", .at = offsetof(struct options, quick), .help = "Fewer rounds in each trial"},
    {.name = "seed",
     .argument = "N",
     .kind = OPTION_NUMBER,
     .at = offsetof(struct options, seed),
     .most = INT64_MAX / 2,
     .help = "Seed of the order within blocks (default: from the clock)"},
    OPTION_WEIGHTS(struct options, weights),
    {.name = "output",
     .letter = 'o',
     .argument = "DIR",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, output),
     .completes = COMPLETE_FOLDER,
     .help = "Folder of the results (default: results/<UTC>-tune-<workload>)"},
    {.name = "resume",
     .argument = "DIR",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, resume),
     .completes = COMPLETE_FOLDER,
     .group = "How",
     .excludes = MEASURED,
     .because = "takes what is measured from what is stored",
     .help = "Go on with what was interrupted"},
    {.name = "budget",
     .letter = 'b',
     .argument = "TIME",
     .kind = OPTION_DURATION,
     .at = offsetof(struct options, budget_ns),
     .least = CLOCK_NS_PER_S,
     .help = "Time for all of it (default: 20m, or what it was when it was begun)"},
    OPTION_PROGRAMS(struct options, programs),
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn tune -w storm -a jemalloc", "all its settings, within twenty minutes"},
    {"heapchurn tune -w threads -a glibc -k arena_max -k tcache_count", NULL},
    {"heapchurn tune -w my.yaml -a jemalloc -k dirty_decay_ms=500 -b 1h", NULL},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "every setting that was tried took effect and was measured"},
    {"2", "usage, a mistake in a file, an unknown knob, or a budget that is too small"},
    {"3", "something could not be measured, or a setting did not take effect"},
    {NULL, NULL},
};

/* results/20261121T012800Z-tune-storm */
static void default_folder(const char *workload, char *out, size_t size)
{
    time_t now = time(NULL);
    struct tm utc;
    char stamp[32];
    const char *slash = strrchr(workload, '/');
    const char *name = slash ? slash + 1 : workload;
    (void)strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
    (void)snprintf(out, size, "results/%s-tune-%.*s", stamp, (int)strcspn(name, "."), name);
}

static int open_tuning(const struct options *options, const char *line, struct tuning *out,
                       struct err *err)
{
    char dir[PATHS_MAX];
    if (options->resume) {
        int code = tuning_load(options->resume, out, err);
        if (code == 0 && options->budget_ns > 0)
            out->budget_ns = options->budget_ns;
        return code;
    }
    if (!options->workload || !options->row)
        return err_set(err, -EINVAL,
                       "which settings, under what? Name a workload and a row: "
                       "heapchurn tune -w storm -a jemalloc");
    const struct tuning_request request = {
        .run = {.workload_names = &options->workload,
                .workload_count = 1,
                .row_names = &options->row,
                .row_count = 1,
                .one_row = true,
                .blocks = 1,
                .quick = options->quick,
                .seed = (uint64_t)(options->seed < 0 ? clock_now_ns() : options->seed),
                .sample_period_ns = 20 * CLOCK_NS_PER_MS,
                .no_passes = true,
                .command = line},
        .knobs = options->knobs.words,
        .knob_count = options->knobs.count,
        .budget_ns = options->budget_ns > 0 ? options->budget_ns : budget_ns_default,
        .weights = options->weights,
    };
    default_folder(options->workload, dir, sizeof dir);
    return tuning_begin(&request, options->programs, options->output ? options->output : dir, out,
                        err);
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

/* Print and write what is known, also after an interruption. */
static int tell(const struct tuning *tuning, struct err *err)
{
    AUTO(tune_data) struct tune_data data;
    AUTO(result) struct result first;
    struct tune_choice choice;
    struct text_style style;
    char host[TEXT_SIZE];
    tuning_data(tuning, &data);
    tune_choose(&data, &tuning->weights, false, &choice);
    result_build(&tuning->rung[0], &first);
    const struct run *run = &tuning->rung[0].run;
    const struct price_list list = {
        .workload = run->workloads[0].name,
        .question = run->workloads[0].question,
        .base = tuning->base,
        .version = first.workloads[0].rows[0].version,
        .host = run_text_host(&first, host, sizeof host),
        .environment = (const char *const *)(uintptr_t)run->rows[0].environment,
        .data = &data,
        .choice = &choice,
        .left_out = tuning->left_out,
        .spent_ns = tuning->spent_ns,
    };
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
        return code == -ENOENT || code == -EINVAL || code == -EEXIST ? EXIT_USAGE : EXIT_UNMEASURED;
    struct progress progress = {.live = false};
    const struct tuning_observer observer = {.rung = on_rung,
                                             .measure = progress_observer(&progress)};
    code = tuning_measure(&tuning, options->programs, NULL, &observer, err);
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
        "Settings are rows of ordinary runs, in the folders rung-0 to rung-3 of the results; "
        "'heapchurn report DIR/rung-1' looks at one. Interrupted (Ctrl-C) it tells what is known "
        "so far; --resume DIR goes on.",
    .options = option_rows,
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run_tune,
};
