/* heapchurn doctor: is this machine fit to measure? */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#include "command.h"
#include "host.h"
#include "machine.h"
#include "paths.h"
#include "wrap.h"

struct options {
    bool json;
};

static const struct option_row option_rows[] = {
    {.name = "json", .letter = 'j', .at = offsetof(struct options, json), .help = "Print JSON"},
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn doctor", "what is good, what is not, what to do"},
    {"heapchurn doctor --json", "the same for scripts"},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "fit, perhaps with warnings"},
    {"2", "usage"},
    {"3", "unfit"},
    {NULL, NULL},
};

static enum machine_state print_text(const struct machine *machine);
static enum machine_state print_json(const struct machine *machine);

static int run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    char programs[PATHS_MAX];
    if (paths_programs(programs, err) < 0)
        return EXIT_UNMEASURED;
    struct machine machine;
    machine_read(programs, NULL, &machine);
    enum machine_state worst = options->json ? print_json(&machine) : print_text(&machine);
    if (worst != MACHINE_UNFIT)
        return EXIT_OK;
    (void)err_set(err, -EPERM,
                  "this machine is unfit to measure; the lines marked 'unfit' say why");
    return EXIT_UNMEASURED;
}

static enum machine_state print_text(const struct machine *machine)
{
    AUTO(host) struct host host = {0};
    host_describe(&host);
    char columns[64], text[512];
    (void)snprintf(text, sizeof text, "%s, Linux %s %s, %s, libzmq %s", host.distribution,
                   host.kernel, host.machine, host.libc, host.libzmq);
    wrap_print_last(stdout, "", text);
    (void)putchar('\n');
    enum machine_state worst = MACHINE_OK;
    int warnings = 0;
    for (const struct machine_check *check = machine_checks; check->name; check++) {
        struct machine_finding finding = {0};
        check->judge(machine, &finding);
        worst = finding.state > worst ? finding.state : worst;
        warnings += finding.state == MACHINE_WARN;
        (void)snprintf(columns, sizeof columns, "%-6s %-12s ", machine_state_names[finding.state],
                       check->name);
        wrap_print_last(stdout, columns, finding.sentence);
        (void)snprintf(columns, sizeof columns, "%-6s %-12s -> ", "", "");
        if (finding.remedy)
            wrap_print_last(stdout, columns, finding.remedy);
    }
    if (worst == MACHINE_OK)
        (void)puts("\nThis machine is fit to measure.");
    else if (worst == MACHINE_WARN)
        (void)printf("\nThis machine is fit to measure, with %d warning%s.\n", warnings,
                     warnings == 1 ? "" : "s");
    return worst;
}

static enum machine_state print_json(const struct machine *machine)
{
    enum machine_state worst = MACHINE_OK;
    json_t *checks = json_array();
    for (const struct machine_check *check = machine_checks; check->name; check++) {
        struct machine_finding finding = {0};
        check->judge(machine, &finding);
        worst = finding.state > worst ? finding.state : worst;
        (void)json_array_append_new(checks,
                                    json_pack("{s:s, s:s, s:s, s:s?}", "name", check->name, "state",
                                              machine_state_names[finding.state], "finding",
                                              finding.sentence, "remedy", finding.remedy));
    }
    json_auto_t *all =
        json_pack("{s:s, s:o}", "state", machine_state_names[worst], "checks", checks);
    (void)json_dumpf(all, stdout, JSON_INDENT(2));
    (void)putchar('\n');
    return worst;
}

const struct command command_doctor = {
    .name = "doctor",
    .summary = "is this machine fit to measure?",
    .description = "Is this machine fit to measure?\n\n"
                   "Each line is ok, warn (measure, but know this) or unfit, with what to do about "
                   "it.",
    .options = option_rows,
    .arguments = {.surplus = "doctor takes options only"},
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run,
};
