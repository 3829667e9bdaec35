/*
 * heapchurn isolate: each step of the peer's life repeated alone; which one makes it grow?
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "command.h"
#include "diagnose.h"
#include "findings_text.h"
#include "interrupt.h"
#include "path.h"
#include "paths.h"
#include "pins.h"
#include "run_request.h"
#include "shared_options.h"
#include "table.h"
#include "temporary.h"
#include "trial_curve.h"
#include "units.h"
#include "wrap.h"

static const char *const step_workloads[] = {"connect-only", "announce-only", "message-only",
                                             "monitor-only", "context-only"};

/* Without and with the cure; the first is what the workload files say. */
static const enum spec_drain drains[] = {SPEC_DRAIN_NONE, SPEC_DRAIN_POLLSET};
static const char *const drain_words[] = {"undrained", "drained"};

enum { STEPS = ARRAY_LENGTH(step_workloads), DRAINS = ARRAY_LENGTH(drains), SENTENCE = 512 };

struct options {
    const char *row;
    const char *programs;
};

static const struct option_row option_rows[] = {
    OPTION_ONE_ROW(struct options, row),
    OPTION_PROGRAMS(struct options, programs),
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn isolate", NULL},
    {"heapchurn isolate -a jemalloc", NULL},
    {"heapchurn diagnose -w connect-only", "the code that holds it"},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "all steps ran"},
    {"2", "usage"},
    {"3", "a step could not be run"},
    {NULL, NULL},
};

enum outcome_state { NOT_RUN, FAILED, MEASURED };

/* One step with one drain policy. */
struct outcome {
    enum outcome_state state;
    bool read_too_slow;              /* reading what is live took so long that it was left out */
    struct attribution judged;       /* when it was measured */
    char problem[DIAGNOSE_TEXT_MAX]; /* when it failed */
};

struct isolation {
    const char *row;
    struct outcome outcomes[STEPS][DRAINS];
};

static int measure(const struct diagnose_request *request, struct outcome *out, struct err *err)
{
    AUTO(diagnosis) struct diagnosis plain = {.tool = NULL};
    AUTO(memory_curve) struct memory_curve curve = {0};
    int code = diagnose_run(request, NULL, &plain, err);
    if (code < 0)
        return code;
    (void)memcpy(out->problem, plain.problem, sizeof out->problem);
    out->state = *plain.problem ? FAILED : MEASURED;
    if (out->state == FAILED)
        return 0;
    out->read_too_slow = record_primary(&plain.record)->stats_at_phase_ends_only;
    trial_curve_build(&plain.record, RECORD_PRIMARY, &curve);
    trial_curve_judge(&curve, &out->judged);
    return 0;
}

/* Each step without and with the cure, in a folder of its own. -EINTR: what was measured until then
 * is in `out`. */
static int isolate(const struct diagnose_request *common, const struct workload *steps,
                   struct isolation *out, struct err *err)
{
    int code = 0;
    for (int step = 0; step < STEPS && code == 0; step++) {
        for (int drain = 0; drain < DRAINS && code == 0; drain++) {
            struct workload workload = steps[step];
            struct diagnose_request request = *common;
            workload.drain = drains[drain];
            request.workload = &workload;
            request.rounds = workload.rounds;
            AUTO_FREE char *folder =
                path_join(common->folder, "%s-%s", step_workloads[step], drain_words[drain]);
            request.folder = folder;
            (void)fprintf(stderr, "%s, %s …\n", step_workloads[step], drain_words[drain]);
            code = mkdir(folder, 0777) < 0 ? err_set(err, -errno, "%s: %s", folder, strerror(errno))
                                           : measure(&request, &out->outcomes[step][drain], err);
        }
    }
    return code;
}

/* What the growth is read from. */
static const struct verdict_signal *signal_of(const struct outcome *outcome)
{
    const struct verdict *verdict = &outcome->judged.verdict;
    return verdict->live.available ? &verdict->live : &verdict->rss;
}

static void outcome_cells(struct table *table, const struct outcome *outcome)
{
    char bytes[32];
    if (outcome->state != MEASURED) {
        table_cell(table, TABLE_RIGHT, LOOK_RED, "n/a");
        table_cell(table, TABLE_LEFT, LOOK_RED, outcome->state == FAILED ? "failed" : "not run");
        return;
    }
    const struct verdict_signal *signal = signal_of(outcome);
    bool grows = signal->state == SIGNAL_GROW;
    if (grows)
        table_cell(table, TABLE_RIGHT, LOOK_PLAIN, "%s",
                   units_format_bytes(signal->slope_per_cycle, bytes, sizeof bytes));
    else if (signal->state == SIGNAL_FLAT)
        table_cell(table, TABLE_RIGHT, LOOK_DIM, "< %s",
                   units_format_bytes(fmax(1, signal->unseen_per_cycle), bytes, sizeof bytes));
    else
        table_cell(table, TABLE_RIGHT, LOOK_DIM, "unclear");
    table_cell(table, TABLE_LEFT, grows ? LOOK_RED : LOOK_PLAIN, "%s",
               verdict_names[outcome->judged.verdict.kind]);
}

__attribute__((format(printf, 2, 3))) static void append(char text[SENTENCE], const char *format,
                                                         ...)
{
    size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text + used, SENTENCE - used, format, args);
    va_end(args);
}

/* "Undrained, connect-only grows by 34.7 KiB per step." */
static void print_sentence(const struct isolation *isolation, int drain,
                           const struct text_style *style)
{
    char text[SENTENCE] = "";
    int growing = 0;
    int unclear = 0;
    int missing = 0;
    append(text, "%c%s,", toupper((unsigned char)*drain_words[drain]), drain_words[drain] + 1);
    for (int step = 0; step < STEPS; step++) {
        const struct outcome *outcome = &isolation->outcomes[step][drain];
        char bytes[32];
        missing += outcome->state != MEASURED;
        unclear += outcome->state == MEASURED && signal_of(outcome)->state == SIGNAL_UNCLEAR;
        if (outcome->state == MEASURED && signal_of(outcome)->state == SIGNAL_GROW)
            append(text, "%s %s grows by %s per step", growing++ ? " and" : "",
                   step_workloads[step],
                   units_format_bytes(signal_of(outcome)->slope_per_cycle, bytes, sizeof bytes));
    }
    if (growing == 0)
        append(text, " no step %s", unclear + missing > 0 ? "was seen to grow" : "grows");
    if (unclear > 0)
        append(text, "; %d could not be told", unclear);
    if (missing > 0)
        append(text, "; %d not measured", missing);
    append(text, ".");
    wrap_print(stdout, style, LOOK_PLAIN, "", 0, text);
}

static void print_table(const struct isolation *isolation, const struct text_style *style)
{
    static const char *const heads[] = {"STEP", "UNDRAINED", "", "DRAINED", ""};
    AUTO(table) struct table table = {0};
    table_row(&table);
    for (size_t i = 0; i < ARRAY_LENGTH(heads); i++)
        table_cell(&table, i % 2 ? TABLE_RIGHT : TABLE_LEFT, LOOK_BOLD, "%s", heads[i]);
    for (int step = 0; step < STEPS; step++) {
        table_row(&table);
        table_cell(&table, TABLE_LEFT, LOOK_PLAIN, "%s", step_workloads[step]);
        for (int drain = 0; drain < DRAINS; drain++)
            outcome_cells(&table, &isolation->outcomes[step][drain]);
    }
    (void)printf("Growth of the peer on %s, per step:\n\n", isolation->row);
    table_print(&table, stdout, style);
    (void)putchar('\n');
}

static int count_measured(const struct isolation *isolation)
{
    int count = 0;
    for (int step = 0; step < STEPS; step++)
        for (int drain = 0; drain < DRAINS; drain++)
            count += isolation->outcomes[step][drain].state == MEASURED;
    return count;
}

/* Why a step has no number, or not that of what is live. */
static void print_notes(const struct isolation *isolation)
{
    bool uncounted = false;
    for (int step = 0; step < STEPS; step++) {
        for (int drain = 0; drain < DRAINS; drain++) {
            const struct outcome *outcome = &isolation->outcomes[step][drain];
            bool by_rss = outcome->state == MEASURED && !outcome->judged.verdict.live.available;
            uncounted = uncounted || (by_rss && !outcome->read_too_slow);
            if (outcome->state == FAILED)
                (void)printf("%s, %s, failed: %s\n", step_workloads[step], drain_words[drain],
                             outcome->problem);
            else if (by_rss && outcome->read_too_slow)
                (void)printf("%s, %s: anonymous RSS; reading what is live took over 5 ms\n",
                             step_workloads[step], drain_words[drain]);
        }
    }
    if (uncounted)
        (void)puts("It is anonymous RSS: this allocator does not count what is live.");
}

/* Of the steps that grow, or keep much: whose it is. */
static void print_findings(const struct isolation *isolation, const struct text_style *style)
{
    for (int step = 0; step < STEPS; step++) {
        for (int drain = 0; drain < DRAINS; drain++) {
            const struct outcome *outcome = &isolation->outcomes[step][drain];
            if (outcome->state != MEASURED || outcome->judged.findings.count == 0 ||
                outcome->judged.findings.list[0].kind == FINDING_NONE)
                continue;
            (void)printf("\n%s, %s:\n", step_workloads[step], drain_words[drain]);
            findings_text_print(&outcome->judged, "step", true, style);
        }
    }
}

static void print_isolation(const struct isolation *isolation)
{
    struct text_style style;
    text_style_detect(stdout, &style);
    print_table(isolation, &style);
    for (int drain = 0; drain < DRAINS; drain++)
        print_sentence(isolation, drain, &style);
    print_notes(isolation);
    print_findings(isolation, &style);
}

/* All steps, and what is said of them. The logs of a step that failed are kept. */
static int run_steps(const struct run *resolved, const struct diagnose_request *common,
                     struct err *err)
{
    enum { ALL = STEPS * DRAINS };
    static struct isolation isolation;
    struct diagnose_request request = *common;
    char folder[PATHS_MAX];
    isolation.row = resolved->rows[0].name;
    if (temporary_open("isolate", folder, sizeof folder, err) < 0)
        return EXIT_UNMEASURED;
    request.folder = folder;
    int code = isolate(&request, resolved->workloads, &isolation, err);
    int measured = count_measured(&isolation);
    if (code == 0 || measured > 0)
        print_isolation(&isolation);
    if (code == 0 && measured < ALL)
        (void)err_set(err, -EIO, "%d of %d steps failed; their logs are in %s", ALL - measured, ALL,
                      folder);
    else
        temporary_remove(folder);
    if (code == -EINTR)
        (void)err_set(err, code, "interrupted; %d of %d steps were measured", measured, ALL);
    return measured == ALL ? EXIT_OK : EXIT_UNMEASURED;
}

static int run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    char skipped[512];
    char programs[PATHS_MAX];
    char unused[PINS_TEXT_MAX];
    AUTO(run) struct run resolved = {.blocks = 0};
    struct run_request wanted = {.workload_names = step_workloads,
                                 .workload_count = STEPS,
                                 .row_names = &options->row,
                                 .row_count = 1,
                                 .one_row = true,
                                 .blocks = 1,
                                 .command = "isolate"};
    if (run_request_resolve(&wanted, &resolved, skipped, sizeof skipped, err) < 0)
        return EXIT_USAGE;
    if (!options->programs && paths_programs(programs, err) < 0)
        return EXIT_UNMEASURED;
    AUTO(interrupt) struct interrupt interrupt = interrupt_open_with_subjects();
    struct diagnose_request request = {
        .row = resolved.rows[0].name,
        .allocator = resolved.rows[0].allocator,
        .row_environment = resolved.rows[0].environment,
        .programs = options->programs ? options->programs : programs,
        .pins = pins_choose(unused, sizeof unused),
        .interrupt_fd = interrupt.fd,
    };
    return run_steps(&resolved, &request, err);
}

const struct command command_isolate = {
    .name = "isolate",
    .summary = "which step of the peer's life makes it grow: each repeated alone",
    .description =
        "Repeat each step of the peer's life alone, on a row, and say which one makes it grow.\n\n"
        "The steps are the workloads connect-only, announce-only, message-only, monitor-only and "
        "context-only; each is run with an idle PUB socket that nobody touches (undrained), and "
        "again with that socket in the poll set (drained). Growth is per step: of live where the "
        "allocator counts it, else of anonymous RSS. Below stand the findings of each step: whose "
        "what grows is, how much, and what to do next.",
    .options = option_rows,
    .arguments = {.surplus = "a row is named with -a"},
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run,
};
