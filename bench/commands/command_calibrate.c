/* heapchurn calibrate: do the instruments that look for leaks read what they must? */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calibrate.h"
#include "cleanup.h"
#include "command.h"
#include "interrupt.h"
#include "json_file.h"
#include "paths.h"
#include "probe.h"
#include "registry.h"
#include "shared_options.h"
#include "temporary.h"
#include "text.h"
#include "tool_left.h"
#include "wrap.h"

enum { NAME_COLUMN = 21, NAMES_MAX = 64 };

struct options {
    struct option_list allocators;
    const char *programs;
    bool json;
};

static const struct option_row option_rows[] = {
    {.name = "allocator",
     .letter = 'a',
     .argument = "NAME",
     .kind = OPTION_LIST,
     .at = offsetof(struct options, allocators),
     .completes = COMPLETE_ALLOCATORS,
     .help = "Only this allocator"},
    OPTION_PROGRAMS(struct options, programs),
    {.name = "json", .letter = 'j', .at = offsetof(struct options, json), .help = "Print JSON"},
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn calibrate", "every tool of every allocator"},
    {"heapchurn calibrate -a tcmalloc", "those of one"},
    {"heapchurn calibrate --json", "the same for scripts"},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "all right"}, {"1", "an instrument is off"},
    {"2", "usage"},     {"3", "a program could not be run"},
    {NULL, NULL},
};

/* Of one instrument, the worst of its cases. */
enum state { RIGHT, UNREAD, OFF, STATES };
static const char *const state_words[] = {"right", "n/a", "OFF"};

static enum state state_of(const struct calibrate_reading *readings)
{
    enum state state = RIGHT;
    for (int id = 0; id < CASE_COUNT; id++) {
        if (*readings[id].unavailable)
            state = state == OFF ? OFF : UNREAD;
        else if (!readings[id].right)
            state = OFF;
    }
    return state;
}

/* What has been found so far. */
struct tally {
    json_t *list;         /* NULL: a table is printed */
    size_t count[STATES]; /* of instruments; unread too: an allocator that cannot be started */
};

static bool wanted(const struct options *options, const char *name)
{
    for (size_t i = 0; i < options->allocators.count; i++)
        if (strcmp(options->allocators.words[i], name) == 0)
            return true;
    return options->allocators.count == 0;
}

static int case_width(int id)
{
    return (int)strlen(calibration_cases[id].name) + 1;
}

static void print_heading(void)
{
    (void)printf("%-*s", NAME_COLUMN, "blocks read");
    for (int id = 0; id < CASE_COUNT; id++)
        (void)printf("%*s", case_width(id), calibration_cases[id].name);
    (void)putchar('\n');
    for (int unreachable = 0; unreachable < 2; unreachable++) {
        (void)printf("%-*s", NAME_COLUMN, unreachable ? "expected, lost *" : "expected, not freed");
        for (int id = 0; id < CASE_COUNT; id++)
            (void)printf("%*" PRId64, case_width(id),
                         calibration_cases[id].lost +
                             (unreachable ? 0 : calibration_cases[id].reachable));
        (void)putchar('\n');
    }
    (void)puts("* tools that count only what nothing points to");
}

static const char *tool_name(const struct tool *tool)
{
    return tool ? tool->name : "ledger";
}

static void print_readings(const struct tool *tool, const struct calibrate_reading *readings)
{
    char name[128];
    (void)snprintf(name, sizeof name, "%s%s", tool_name(tool),
                   tool && tool->kind == TOOL_UNREACHABLE ? "*" : "");
    (void)printf("%-*s", NAME_COLUMN, name);
    for (int id = 0; id < CASE_COUNT; id++) {
        if (*readings[id].unavailable)
            (void)printf("%*s", case_width(id), "n/a");
        else
            (void)printf("%*" PRId64, case_width(id), readings[id].blocks);
    }
    (void)printf(" %s\n", state_words[state_of(readings)]);
    if (readings[CASE_NOTHING].remainder > 0 || readings[CASE_SOCKETS].remainder > 0)
        (void)printf("  of a clean program it reads %" PRId64 ", with sockets %" PRId64
                     ": expected besides\n",
                     readings[CASE_NOTHING].remainder, readings[CASE_SOCKETS].remainder);
    for (int id = 0; id < CASE_COUNT; id++)
        if (*readings[id].unavailable)
            (void)printf("  %s: %s\n", calibration_cases[id].name, readings[id].unavailable);
        else if (!readings[id].right)
            (void)printf("  %s: %" PRId64 " blocks, %" PRId64 " bytes read; %" PRId64
                         " blocks expected\n",
                         calibration_cases[id].name, readings[id].blocks, readings[id].bytes,
                         readings[id].expected);
}

static json_t *json_of(int64_t value)
{
    return value < 0 ? json_null() : json_integer(value);
}

static void list_readings(const struct allocator *allocator, const struct tool *tool,
                          const struct calibrate_reading *readings, json_t *list)
{
    for (int id = 0; id < CASE_COUNT; id++) {
        const struct calibrate_reading *reading = &readings[id];
        (void)json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:o, s:o, s:I, s:I, s:b, s:o}", "allocator", allocator->name,
                      "tool", tool_name(tool), "case", calibration_cases[id].name, "blocks",
                      json_of(reading->blocks), "bytes", json_of(reading->bytes), "expected_blocks",
                      (json_int_t)reading->expected, "remainder_blocks",
                      (json_int_t)reading->remainder, "right", (int)reading->right, "unavailable",
                      json_text(*reading->unavailable ? reading->unavailable : NULL)));
    }
}

static void not_available(const struct allocator *allocator, const char *tool, const char *why,
                          struct tally *findings)
{
    AUTO_FREE char *text = NULL;
    if (asprintf(&text, "%s: not available: %s", tool, why) < 0)
        abort();
    if (findings->list)
        (void)json_array_append_new(findings->list,
                                    json_pack("{s:s, s:s, s:o}", "allocator", allocator->name,
                                              "tool", tool, "unavailable", json_text(why)));
    else
        wrap_print_last(stdout, "", text);
}

static int calibrate(const struct calibrate_request *request, struct tally *findings,
                     struct err *err)
{
    struct calibrate_reading readings[CASE_COUNT];
    int code = calibrate_tool(request, readings, err);
    if (code < 0)
        return code;
    findings->count[state_of(readings)]++;
    if (findings->list)
        list_readings(request->allocator, request->tool, readings, findings->list);
    else
        print_readings(request->tool, readings);
    (void)fflush(stdout);
    return 0;
}

static int calibrate_allocator(const struct calibrate_request *common, struct tally *findings,
                               struct err *err)
{
    const struct allocator *allocator = common->allocator;
    struct calibrate_request request = *common;
    struct probe probe;
    struct err why_not = ERR_INIT;
    int code = 0;
    if (probe_allocator(request.programs, allocator->name, &probe, &why_not) < 0) {
        not_available(allocator, allocator->name, why_not.text, findings);
        findings->count[UNREAD]++;
        return 0;
    }
    if (!findings->list)
        (void)printf("\n%s %s\n", allocator->name, probe.version);
    if (code == 0 && allocator->no_tools)
        not_available(allocator, "leak tool", allocator->no_tools, findings);
    for (const struct tool *tool = tool_next_with_figures(NULL, allocator->name); code == 0 && tool;
         tool = tool_next_with_figures(tool, allocator->name)) {
        const char *why = tool->unavailable ? tool->unavailable(probe.version) : NULL;
        request.tool = tool;
        if (why)
            not_available(allocator, tool->name, why, findings);
        else
            code = calibrate(&request, findings, err);
    }
    request.tool = NULL;
    if (code == 0 && allocator->no_ledger)
        not_available(allocator, "ledger", allocator->no_ledger, findings);
    else if (code == 0)
        code = calibrate(&request, findings, err);
    return code;
}

static int run_all(const struct options *options, struct calibrate_request *request,
                   struct tally *findings, struct err *err)
{
    if (!findings->list)
        print_heading();
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++) {
        int code = 0;
        request->allocator = entry->allocator;
        if (!wanted(options, entry->allocator->name))
            continue;
        if (entry->unavailable && !findings->list)
            (void)putchar('\n');
        if (entry->unavailable)
            not_available(entry->allocator, entry->allocator->name, entry->unavailable, findings);
        else
            code = calibrate_allocator(request, findings, err);
        if (code < 0)
            return code;
    }
    return 0;
}

/* Each is one that heapchurn knows. */
static int check_names(const struct options *options, struct err *err)
{
    const char *names[NAMES_MAX] = {NULL};
    size_t count = 0;
    for (const struct allocator_entry *entry = allocator_registry;
         entry->allocator && count + 1 < NAMES_MAX; entry++)
        names[count++] = entry->allocator->name;
    for (size_t i = 0; i < options->allocators.count; i++) {
        const char *name = options->allocators.words[i];
        size_t known = 0;
        while (known < count && strcmp(names[known], name) != 0)
            known++;
        if (known == count)
            return text_unknown("allocator", name, names, "'heapchurn list' shows all", -EINVAL,
                                err);
    }
    return 0;
}

static int conclude(const struct tally *findings, struct err *err)
{
    size_t off = findings->count[OFF];
    size_t read = findings->count[RIGHT] + off;
    if (off > 0) {
        (void)err_set(err, -EIO, "%zu of %zu instruments are off: their lines say where", off,
                      read);
        return EXIT_GATE_FAILED;
    }
    if (findings->count[UNREAD] > 0) {
        (void)err_set(err, -EIO, "not everything could be read: the lines say what and why");
        return EXIT_UNMEASURED;
    }
    if (read > 0)
        return EXIT_OK;
    (void)err_set(err, -ENOENT, "nothing was calibrated; 'heapchurn list' shows what is there");
    return EXIT_UNMEASURED;
}

static int run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    char programs[PATHS_MAX];
    char libraries[PATHS_MAX];
    char folder[PATHS_MAX];
    if (check_names(options, err) < 0)
        return EXIT_USAGE;
    if (options->programs)
        (void)text_copy(programs, sizeof programs, options->programs);
    else if (paths_programs(programs, err) < 0)
        return EXIT_UNMEASURED;
    if (paths_libraries(programs, libraries, err) < 0)
        return EXIT_UNMEASURED;
    AUTO(interrupt) struct interrupt interrupt = interrupt_open_with_subjects();
    if (temporary_open("calibrate", folder, sizeof folder, err) < 0)
        return EXIT_UNMEASURED;
    struct calibrate_request request = {.programs = programs,
                                        .libraries = libraries,
                                        .folder = folder,
                                        .interrupt_fd = interrupt.fd};
    struct tally findings = {.list = options->json ? json_array() : NULL};
    int code = run_all(options, &request, &findings, err);
    temporary_remove(folder);
    size_t read = findings.count[RIGHT] + findings.count[OFF];
    if (code == -EINTR)
        (void)err_set(err, code, "interrupted; %zu instrument%s read", read,
                      read == 1 ? " was" : "s were");
    if (findings.list && (code == 0 || code == -EINTR)) {
        (void)json_dumpf(findings.list, stdout, JSON_INDENT(2));
        (void)putchar('\n');
    }
    json_decref(findings.list);
    return code < 0 ? EXIT_UNMEASURED : conclude(&findings, err);
}

const struct command command_calibrate = {
    .name = "calibrate",
    .summary = "do the leak tools read what they must of known programs?",
    .description =
        "Run every leak tool of every allocator, and the ledger, over small programs with known "
        "answers, and print what each reads beside what it must.\n\n"
        "An instrument is right when a clean program reads 0 and one that loses 100 blocks of 1000 "
        "B reads exactly 100. Where a tool cannot reach 0, what a clean program reads is measured, "
        "shown as its remainder, and added to what is expected.",
    .options = option_rows,
    .arguments = {.surplus = "an allocator is named with -a"},
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run,
};
