/* heapchurn check: does a stored run keep its ceilings? The gate for continuous integration. */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "exporter.h"
#include "gate.h"
#include "github.h"
#include "json_build.h"
#include "progress.h"
#include "rerun.h"
#include "sections.h"

enum { FORMATS_MAX = 16, KEY_CEILINGS = 0x100, KEY_BASELINE, KEY_RERUN, KEY_PROGRAMS, KEY_JSON };

struct request {
    const char *dir, *ceilings, *baseline, *programs;
    bool rerun, json;
    const struct exporter *formats[FORMATS_MAX];
    size_t format_count;
};

static const char doc[] =
    "Does a stored run pass? No leak, memory below its ceilings, no rise since a baseline."
    "\vLeaks are checked always, ceilings and the baseline where they are given. A run that is "
    "too small or too doubtful to decide is undecided, which is no pass: --rerun measures what is "
    "missing (three more blocks where a median is over its ceiling, twice the cycles where a leak "
    "is in doubt), and decides. Times are reported, and never fail.\n\n"
    "Each FORMAT is written into DIR under its own name (junit.xml, ...); 'heapchurn report "
    "--help' lists them. Under GITHUB_ACTIONS=true annotations are printed, and a summary is "
    "appended to the job's page, without being asked.\n\n"
    "EXAMPLES\n"
    "  heapchurn run -w discovery-drained -a glibc -o results/now\n"
    "  heapchurn check results/now --ceilings ceilings/mine.yaml --rerun -f junit\n"
    "  heapchurn check results/now --baseline results/release\n\n"
    "EXIT STATUS  0 passed; 1 failed: measured, and over the line; 2 usage, or a mistake in a "
    "file; 3 undecided: not measured well enough.";

static const struct argp_option options[] = {
    {"ceilings", KEY_CEILINGS, "FILE", 0, "YAML, as 'heapchurn ceilings DIR' writes it", 0},
    {"baseline", KEY_BASELINE, "DIR", 0, "A run of this machine with ten blocks or more", 0},
    {"rerun", KEY_RERUN, NULL, 0, "Measure what is missing for a decision", 0},
    {"format", 'f', "FORMAT", 0, "Write this format into DIR as well; repeatable", 0},
    {"json", KEY_JSON, NULL, 0, "Print the checks as JSON", 0},
    {"programs", KEY_PROGRAMS, "DIR", 0,
     "Folder of peer-*, proxy-*, churner for --rerun (default: beside heapchurn)", 0},
    {0},
};

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct request *request = state->input;
    struct err err = ERR_INIT;
    switch (key) {
    case KEY_CEILINGS:
        request->ceilings = text;
        return 0;
    case KEY_BASELINE:
        request->baseline = text;
        return 0;
    case KEY_RERUN:
        request->rerun = true;
        return 0;
    case KEY_JSON:
        request->json = true;
        return 0;
    case KEY_PROGRAMS:
        request->programs = text;
        return 0;
    case 'f': {
        const struct exporter *format = exporter_find(text, &err);
        if (!format)
            argp_error(state, "%s", err.text);
        else if (!format->file)
            argp_error(state, "format '%s' has no file; 'heapchurn report' prints it", text);
        else if (request->format_count == FORMATS_MAX)
            argp_error(state, "more than %d formats", FORMATS_MAX);
        else
            request->formats[request->format_count++] = format;
        return 0;
    }
    case ARGP_KEY_ARG:
        if (request->dir)
            argp_error(state, "one folder at a time, not also '%s'", text);
        request->dir = text;
        return 0;
    case ARGP_KEY_END:
        if (!request->dir)
            argp_error(state, "which run? Name its folder: heapchurn check results/...");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

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

static int load_and_check(const struct request *request, struct checking *to, struct err *err)
{
    int code = store_load(request->dir, &to->stored, err);
    if (code == 0 && request->ceilings)
        code = ceilings_load(request->ceilings, &to->ceilings, err);
    if (code == 0 && request->baseline) {
        code = store_load(request->baseline, &to->stored_baseline, err);
        if (code < 0)
            (void)err_wrap(err, "baseline");
    }
    int twice = code == 0 ? rerun_load_cycles(request->dir, &to->stored_twice, err) : -ENOENT;
    if (twice < 0 && twice != -ENOENT)
        code = twice;
    if (code < 0)
        return code;
    result_build(&to->stored, &to->result);
    if (twice == 0)
        result_build(&to->stored_twice, &to->twice);
    if (request->baseline)
        result_build(&to->stored_baseline, &to->baseline);
    const struct gate_request gate = {
        .result = &to->result,
        .doubled = twice == 0 ? &to->twice : NULL,
        .ceilings = request->ceilings ? &to->ceilings : NULL,
        .baseline = request->baseline ? &to->baseline : NULL,
    };
    code = gate_check(&gate, &to->gate, err);
    if (code < 0)
        return code;
    to->result.gate = &to->gate;
    for (size_t i = 0; i < to->result.workload_count; i++)
        bar_failed_rows(to, &to->result.workloads[i]);
    return 0;
}

static int print(const struct request *request, const struct checking *checking, struct err *err)
{
    struct text_style style;
    text_style_detect(stdout, &style);
    if (request->json) {
        json_t *json = section_gate_json(&checking->gate);
        (void)json_dumpf(json, stdout, JSON_INDENT(1));
        (void)putchar('\n');
        json_decref(json);
    } else {
        section_gate_terminal(&checking->gate, stdout, &style);
    }
    for (size_t i = 0; i < request->format_count; i++) {
        AUTO_FREE char *path = NULL;
        if (asprintf(&path, "%s/%s", request->dir, request->formats[i]->file) < 0)
            abort();
        int code = exporter_write_file(request->formats[i], &checking->result, path, err);
        if (code < 0)
            return code;
    }
    return github_publish(&checking->result, request->json ? stderr : stdout, err);
}

/* Measure once more what was left open. */
static int measure_again(const struct request *request, const struct gate_report *gate,
                         struct err *err)
{
    int code = 0;
    if (gate_wishes(gate, WISH_BLOCKS))
        code = rerun_blocks(request->dir, request->programs, &progress_observer, err);
    if (code == 0 && gate_wishes(gate, WISH_CYCLES))
        code = rerun_cycles(request->dir, request->programs, &progress_observer, err);
    return code;
}

static int conclude(const struct request *request, struct checking *checking, struct err *err)
{
    static const int exit_codes[] = {
        [GATE_PASS] = EXIT_OK,
        [GATE_WARN] = EXIT_OK,
        [GATE_UNDECIDED] = EXIT_UNMEASURED,
        [GATE_FAIL] = EXIT_GATE_FAILED,
    };
    if (print(request, checking, err) < 0)
        return EXIT_UNMEASURED;
    return exit_codes[checking->gate.status];
}

static int run(int argc, char **argv, struct err *err)
{
    static const struct argp argp = {
        .options = options, .parser = parse, .args_doc = "DIR", .doc = doc};
    struct request request = {.dir = NULL};
    if (argp_parse(&argp, argc, argv, 0, NULL, &request) != 0)
        return EXIT_USAGE;
    AUTO(checking) struct checking first = {.stored = {.record_count = 0}};
    if (load_and_check(&request, &first, err) < 0)
        return EXIT_USAGE;
    bool open = gate_wishes(&first.gate, WISH_BLOCKS) || gate_wishes(&first.gate, WISH_CYCLES);
    if (!request.rerun || !open)
        return conclude(&request, &first, err);
    int code = measure_again(&request, &first.gate, err);
    if (code == -EINTR)
        (void)err_set(err, code, "interrupted; 'heapchurn check %s --rerun' measures the rest",
                      request.dir);
    if (code < 0)
        return EXIT_UNMEASURED;
    AUTO(checking) struct checking second = {.stored = {.record_count = 0}};
    if (load_and_check(&request, &second, err) < 0)
        return EXIT_UNMEASURED;
    return conclude(&request, &second, err);
}

const struct command command_check = {
    .name = "check",
    .summary = "does a stored run keep its ceilings? The gate for CI",
    .run = run,
};
