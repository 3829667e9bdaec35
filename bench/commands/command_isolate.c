/*
 * heapchurn isolate: each step of the peer's life repeated alone; which one makes it grow?
 */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "cleanup.h"
#include "command.h"
#include "diagnose.h"
#include "paths.h"
#include "run_request.h"
#include "runner.h"
#include "table.h"
#include "trial_curve.h"
#include "units.h"

enum { KEY_PROGRAMS = 0x100 };

static const char *const step_workloads[] = {"connect-only", "announce-only", "message-only",
                                             "monitor-only", "context-only"};

/* Without and with the cure; the first is what the workload files say. */
static const enum spec_drain drains[] = {SPEC_DRAIN_NONE, SPEC_DRAIN_POLLSET};

enum { STEPS = ARRAY_LENGTH(step_workloads), DRAINS = ARRAY_LENGTH(drains) };

struct options {
    const char *row;
    const char *programs;
};

static const char doc[] =
    "Repeat each step of the peer's life alone, on a row, and say which one makes it grow."
    "\vThe steps are the workloads connect-only, announce-only, message-only, monitor-only and "
    "context-only; each is run with an idle PUB socket that nobody touches (undrained), and again "
    "with that socket in the poll set (drained). Growth is per step: of live where the allocator "
    "counts it, else of anonymous RSS.\n"
    "\n"
    "EXAMPLES\n"
    "  heapchurn isolate\n"
    "  heapchurn isolate -a jemalloc\n"
    "  heapchurn diagnose -w connect-only     the code that holds what that step leaves\n"
    "\n"
    "EXIT STATUS  0 all steps ran; 2 usage; 3 a step could not be run.";

static const struct argp_option option_table[] = {
    {"allocator", 'a', "ROW", 0, "Row (glibc)", 0},
    {"programs", KEY_PROGRAMS, "DIR", 0, "Folder of peer-*, proxy-*, churner", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 'a':
        options->row = text;
        return 0;
    case KEY_PROGRAMS:
        options->programs = text;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "unexpected argument '%s'; a row is named with -a", text);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {.options = option_table, .parser = parse, .doc = doc};

/* One step with one drain policy. */
struct outcome {
    bool measured;
    struct verdict verdict;
    char problem[DIAGNOSE_TEXT_MAX];
};

static int measure(const struct diagnose_request *request, struct outcome *out, struct err *err)
{
    AUTO(diagnosis) struct diagnosis plain = {.tool = NULL};
    AUTO(trial_curve) struct trial_curve curve = {.storage = NULL};
    int code = diagnose_run(request, NULL, &plain, err);
    if (code < 0)
        return code;
    (void)memcpy(out->problem, plain.problem, sizeof out->problem);
    out->measured = !*plain.problem;
    if (!out->measured)
        return 0;
    trial_curve_build(&plain.record, RECORD_PEER, &curve);
    verdict_judge(&curve.curve, &out->verdict);
    return 0;
}

/* What the growth is read from. */
static const struct verdict_signal *signal_of(const struct verdict *verdict)
{
    return verdict->live.available ? &verdict->live : &verdict->rss;
}

static bool grows(const struct outcome *outcome)
{
    return outcome->measured && signal_of(&outcome->verdict)->state == SIGNAL_GROW;
}

static void outcome_cells(struct table *table, const struct outcome *outcome)
{
    char bytes[32];
    const struct verdict_signal *signal = signal_of(&outcome->verdict);
    if (!outcome->measured) {
        table_cell(table, TABLE_RIGHT, TABLE_RED, "n/a");
        table_cell(table, TABLE_LEFT, TABLE_RED, "failed");
        return;
    }
    if (grows(outcome))
        table_cell(table, TABLE_RIGHT, TABLE_PLAIN, "%s",
                   units_format_bytes(signal->slope_per_cycle, bytes, sizeof bytes));
    else
        table_cell(table, TABLE_RIGHT, TABLE_DIM, "-");
    table_cell(table, TABLE_LEFT, grows(outcome) ? TABLE_RED : TABLE_PLAIN, "%s",
               verdict_names[outcome->verdict.kind]);
}

static void print_sentence(struct outcome outcomes[STEPS][DRAINS], int drain, const char *how)
{
    int count = 0;
    for (int step = 0; step < STEPS; step++) {
        char bytes[32];
        if (!grows(&outcomes[step][drain]))
            continue;
        (void)printf("%s %s grows %s by %s per step", count++ ? " and" : "", step_workloads[step],
                     how,
                     units_format_bytes(signal_of(&outcomes[step][drain].verdict)->slope_per_cycle,
                                        bytes, sizeof bytes));
    }
    if (count == 0)
        (void)printf(" no step grows %s", how);
}

static bool print_outcomes(struct outcome outcomes[STEPS][DRAINS], const char *row)
{
    static const char *const heads[] = {"STEP", "UNDRAINED", "", "DRAINED", ""};
    AUTO(table) struct table table = {0};
    struct report_style style;
    bool whole = true;
    report_style_detect(stdout, &style);
    table_row(&table);
    for (size_t i = 0; i < ARRAY_LENGTH(heads); i++)
        table_cell(&table, i % 2 ? TABLE_RIGHT : TABLE_LEFT, TABLE_BOLD, "%s", heads[i]);
    for (int step = 0; step < STEPS; step++) {
        table_row(&table);
        table_cell(&table, TABLE_LEFT, TABLE_PLAIN, "%s", step_workloads[step]);
        for (int drain = 0; drain < DRAINS; drain++) {
            outcome_cells(&table, &outcomes[step][drain]);
            whole = whole && outcomes[step][drain].measured;
        }
    }
    (void)printf("Growth of the peer on %s, per step:\n\n", row);
    table_print(&table, stdout, &style);
    (void)printf("\nOn %s", row);
    print_sentence(outcomes, 0, "undrained");
    (void)putchar(',');
    print_sentence(outcomes, 1, "drained");
    (void)puts(".");
    if (outcomes[0][0].measured && !outcomes[0][0].verdict.live.available)
        (void)puts("It is anonymous RSS: this allocator does not count what is live.");
    for (int step = 0; step < STEPS; step++)
        for (int drain = 0; drain < DRAINS; drain++)
            if (!outcomes[step][drain].measured)
                (void)printf("%s failed: %s\n", step_workloads[step],
                             outcomes[step][drain].problem);
    return whole;
}

static int isolate(const struct run *resolved, const char *programs, const char *folder,
                   struct err *err)
{
    static struct outcome outcomes[STEPS][DRAINS];
    char unused[128];
    for (int step = 0; step < STEPS; step++) {
        for (int drain = 0; drain < DRAINS; drain++) {
            struct workload workload = resolved->workloads[step];
            workload.drain = drains[drain];
            struct diagnose_request request = {
                .workload = &workload,
                .allocator = resolved->rows[0].allocator,
                .row_environment = resolved->rows[0].environment,
                .programs = programs,
                .folder = folder,
                .rounds = workload.rounds,
                .pins = runner_pins(unused, sizeof unused),
            };
            (void)fprintf(stderr, "%s, %s …\n", step_workloads[step],
                          drain ? "drained" : "undrained");
            if (measure(&request, &outcomes[step][drain], err) < 0)
                return EXIT_UNMEASURED;
        }
    }
    return print_outcomes(outcomes, resolved->rows[0].name) ? EXIT_OK : EXIT_UNMEASURED;
}

static void remove_folder(const char *folder)
{
    char path[PATHS_MAX + 32];
    static const char *const logs[] = {"plain/peer.log", "plain/proxy.log", "plain/churner.log",
                                       "plain", ""};
    for (size_t i = 0; i < ARRAY_LENGTH(logs); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, logs[i]);
        (void)remove(path);
    }
}

static int run(int argc, char **argv, struct err *err)
{
    struct options options = {.row = "glibc"};
    char skipped[512];
    char programs[PATHS_MAX];
    const char *scratch = getenv("TMPDIR");
    char folder[PATHS_MAX];
    AUTO(run) struct run resolved = {.blocks = 0};
    if (argp_parse(&argp, argc, argv, 0, NULL, &options) != 0)
        return EXIT_USAGE;
    struct run_request wanted = {.workload_names = step_workloads,
                                 .workload_count = STEPS,
                                 .row_names = &options.row,
                                 .row_count = 1,
                                 .blocks = 1,
                                 .command = "isolate"};
    if (run_request_resolve(&wanted, &resolved, skipped, sizeof skipped, err) < 0)
        return EXIT_USAGE;
    if (!options.programs && paths_programs(programs, err) < 0)
        return EXIT_UNMEASURED;
    if ((size_t)snprintf(folder, sizeof folder, "%s/heapchurn-isolate-XXXXXX",
                         scratch ? scratch : "/tmp") >= sizeof folder ||
        !mkdtemp(folder)) {
        (void)err_set(err, -errno, "no folder for the logs in %s: %s", scratch ? scratch : "/tmp",
                      strerror(errno));
        return EXIT_UNMEASURED;
    }
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    int status = isolate(&resolved, options.programs ? options.programs : programs, folder, err);
    remove_folder(folder);
    return status;
}

const struct command command_isolate = {
    .name = "isolate",
    .summary = "which step of the peer's life makes it grow: each repeated alone",
    .run = run,
};
