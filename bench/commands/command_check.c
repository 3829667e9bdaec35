/* heapchurn check: does a stored run keep its ceilings? The gate for continuous integration. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "exporter.h"
#include "gate.h"
#include "github.h"
#include "json_build.h"
#include "path.h"
#include "progress.h"
#include "rerun.h"
#include "sections.h"
#include "shared_options.h"

struct options {
    struct option_words dirs;
    const char *dir, *ceilings, *baseline, *programs;
    bool rerun, json;
    struct option_list formats;
};

static const struct option_row option_rows[] = {
    {.name = "ceilings",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, ceilings),
     .completes = COMPLETE_FILE,
     .help = "YAML, as 'heapchurn ceilings DIR' writes it"},
    {.name = "baseline",
     .argument = "DIR",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, baseline),
     .completes = COMPLETE_FOLDER,
     .help = "A run of this machine with ten blocks or more"},
    {.name = "rerun",
     .at = offsetof(struct options, rerun),
     .help = "Measure what is missing for a decision"},
    {.name = "format",
     .letter = 'f',
     .argument = "FORMAT",
     .kind = OPTION_LIST,
     .at = offsetof(struct options, formats),
     .completes = COMPLETE_FORMATS,
     .help = "Write this format into DIR as well"},
    {.name = "json",
     .letter = 'j',
     .at = offsetof(struct options, json),
     .help = "Print the checks as JSON"},
    OPTION_PROGRAMS(struct options, programs),
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn run -w discovery-drained -a glibc -o results/now", NULL},
    {"heapchurn check results/now --ceilings ceilings/mine.yaml --rerun -f junit", NULL},
    {"heapchurn check results/now --baseline results/release", NULL},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "passed"},
    {"1", "failed: measured, and over the line"},
    {"2", "usage, or a mistake in a file"},
    {"3", "undecided: not measured well enough"},
    {NULL, NULL},
};

/* All that a check reads, and what it finds. */
struct checking {
    struct stored_run stored, stored_twice, stored_baseline;
    struct result result, twice, baseline;
    struct ceilings ceilings;
    struct gate_report gate;
};

static void checking_release(struct checking *checking)
{
    gate_report_release(&checking->gate);
    ceilings_release(&checking->ceilings);
    result_release(&checking->result);
    result_release(&checking->twice);
    result_release(&checking->baseline);
    stored_run_release(&checking->stored);
    stored_run_release(&checking->stored_twice);
    stored_run_release(&checking->stored_baseline);
}
DEFINE_AUTO(checking, checking_release)

/* What breaks its ceiling is not recommended in the formats that are written. */
static void bar_failed_rows(const struct checking *checking, struct result_workload *workload)
{
    AUTO_FREE const char **barred = calloc(workload->row_count + 1, sizeof *barred);
    if (!barred)
        abort();
    for (size_t i = 0; i < checking->gate.count; i++) {
        const struct gate_line *line = &checking->gate.lines[i];
        if (line->status != GATE_FAIL || line->kind != GATE_CEILING ||
            strcmp(line->workload, workload->workload->name) != 0)
            continue;
        for (size_t r = 0; r < workload->row_count; r++)
            if (strcmp(workload->rows[r].row->name, line->row) == 0)
                barred[r] = "over its ceiling";
    }
    result_recommend(workload, (size_t)checking->stored.run.blocks, &recommend_weights_default,
                     barred);
}

static int load_and_check(const struct options *options, struct checking *to, struct err *err)
{
    int code = store_load(options->dir, &to->stored, err);
    if (code == 0 && options->ceilings)
        code = ceilings_load(options->ceilings, &to->ceilings, err);
    if (code == 0 && options->baseline) {
        code = store_load(options->baseline, &to->stored_baseline, err);
        if (code < 0)
            (void)err_wrap(err, "baseline");
    }
    int twice = code == 0 ? rerun_load_cycles(options->dir, &to->stored_twice, err) : -ENOENT;
    if (twice < 0 && twice != -ENOENT)
        code = twice;
    if (code < 0)
        return code;
    result_build(&to->stored, &to->result);
    if (twice == 0)
        result_build(&to->stored_twice, &to->twice);
    if (options->baseline)
        result_build(&to->stored_baseline, &to->baseline);
    const struct gate_request gate = {
        .result = &to->result,
        .doubled = twice == 0 ? &to->twice : NULL,
        .ceilings = options->ceilings ? &to->ceilings : NULL,
        .baseline = options->baseline ? &to->baseline : NULL,
    };
    code = gate_check(&gate, &to->gate, err);
    if (code < 0)
        return code;
    to->result.gate = &to->gate;
    for (size_t i = 0; i < to->result.workload_count; i++)
        bar_failed_rows(to, &to->result.workloads[i]);
    return 0;
}

static int print(const struct options *options, const struct checking *checking, struct err *err)
{
    struct text_style style;
    text_style_detect(stdout, &style);
    if (options->json) {
        json_t *json = section_gate_json(&checking->gate);
        (void)json_dumpf(json, stdout, JSON_INDENT(1));
        (void)putchar('\n');
        json_decref(json);
    } else {
        section_gate_terminal(&checking->gate, stdout, &style);
    }
    for (size_t i = 0; i < options->formats.count; i++) {
        const struct exporter *format = exporter_find(options->formats.words[i], err);
        AUTO_FREE char *path = path_join(options->dir, "%s", format->file);
        int code = exporter_write_file(format, &checking->result, path, err);
        if (code < 0)
            return code;
    }
    return github_publish(&checking->result, options->json ? stderr : stdout, err);
}

/* Measure once more what was left open. */
static int measure_again(const struct options *options, const struct gate_report *gate,
                         struct err *err)
{
    int code = 0;
    struct progress progress = {.live = false};
    const struct measure_observer observer = progress_observer(&progress);
    const struct measure how = {
        .dir = options->dir, .programs = options->programs, .observer = &observer};
    if (gate_wishes(gate, WISH_BLOCKS))
        code = rerun_blocks(&how, err);
    if (code == 0 && gate_wishes(gate, WISH_CYCLES))
        code = rerun_cycles(&how, err);
    return code;
}

static int conclude(const struct options *options, struct checking *checking, struct err *err)
{
    static const int exit_codes[] = {
        [GATE_PASS] = EXIT_OK,
        [GATE_WARN] = EXIT_OK,
        [GATE_UNDECIDED] = EXIT_UNMEASURED,
        [GATE_FAIL] = EXIT_GATE_FAILED,
    };
    if (print(options, checking, err) < 0)
        return EXIT_UNMEASURED;
    return exit_codes[checking->gate.status];
}

/* Each has a file. */
static int check_formats(const struct option_list *names, struct err *err)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct exporter *format = exporter_find(names->words[i], err);
        if (!format)
            return -EINVAL;
        if (!format->file)
            return err_set(err, -EINVAL, "format '%s' has no file; 'heapchurn report' prints it",
                           names->words[i]);
    }
    return 0;
}

static int run(const struct command_call *call, struct err *err)
{
    struct options *options = call->options;
    options->dir = options->dirs.words[0];
    if (check_formats(&options->formats, err) < 0)
        return EXIT_USAGE;
    AUTO(checking) struct checking first = {.stored = {.record_count = 0}};
    if (load_and_check(options, &first, err) < 0)
        return EXIT_USAGE;
    bool open = gate_wishes(&first.gate, WISH_BLOCKS) || gate_wishes(&first.gate, WISH_CYCLES);
    if (!options->rerun || !open)
        return conclude(options, &first, err);
    int code = measure_again(options, &first.gate, err);
    if (code == -EINTR)
        (void)err_set(err, code, "interrupted; 'heapchurn check %s --rerun' measures the rest",
                      options->dir);
    if (code < 0)
        return EXIT_UNMEASURED;
    AUTO(checking) struct checking second = {.stored = {.record_count = 0}};
    if (load_and_check(options, &second, err) < 0)
        return EXIT_UNMEASURED;
    return conclude(options, &second, err);
}

const struct command command_check = {
    .name = "check",
    .summary = "does a stored run keep its ceilings? The gate for CI",
    .description =
        "Does a stored run pass? No leak, memory below its ceilings, no rise since a baseline.\n\n"
        "Leaks are checked always, ceilings and the baseline where they are given. A run that is "
        "too small or too doubtful to decide is undecided, which is no pass: --rerun measures what "
        "is missing (three more blocks where a median is over its ceiling, twice the cycles where "
        "a leak is in doubt), and decides. Times are reported, and never fail.\n\n"
        "Each FORMAT is written into DIR under its own name (junit.xml, ...); 'heapchurn report "
        "--help' lists them. Under GITHUB_ACTIONS=true annotations are printed, and a summary is "
        "appended to the job's page, without being asked.",
    .options = option_rows,
    .arguments = ARGUMENTS_RUN(struct options, dirs,
                               "which run? Name its folder: heapchurn check results/..."),
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run,
};
