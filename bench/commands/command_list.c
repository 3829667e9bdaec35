/* heapchurn list: what can be compared, and under which workloads. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "json_file.h"
#include "knob_list.h"
#include "name_list.h"
#include "paths.h"
#include "row_list.h"
#include "scenarios.h"
#include "spec.h"
#include "spec_keys.h"
#include "wrap.h"

enum { KEY_COLUMN = 24 };

struct options {
    bool json;
    bool keys;
    bool knobs;
    const char *names;
    struct option_list checks;
};

static const struct option_row option_rows[] = {
    {.name = "json", .letter = 'j', .at = offsetof(struct options, json), .help = "Print JSON"},
    {.name = "keys",
     .letter = 'k',
     .at = offsetof(struct options, keys),
     .help = "The keys of a workload file, with their defaults"},
    {.name = "knobs",
     .at = offsetof(struct options, knobs),
     .help = "The settings of allocators that 'heapchurn tune' measures"},
    {.name = "check",
     .letter = 'c',
     .argument = "FILE",
     .kind = OPTION_LIST,
     .at = offsetof(struct options, checks),
     .completes = COMPLETE_FILE,
     .help = "Only read this workload file"},
    {.name = "names",
     .argument = "KIND",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, names),
     .completes = COMPLETE_NAMES,
     .help = "Only the names of rows, workloads, ..., one a line, as completions of shells ask"},
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn list", "rows and workloads"},
    {"heapchurn list --json | jq .rows", "the same for scripts"},
    {"heapchurn list --keys", "what a workload file may say"},
    {"heapchurn list --check my.yaml", "is this workload file right?"},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "listed"},
    {"2", "usage, or a mistake in a workload file"},
    {NULL, NULL},
};

static int list_keys(void);
static int check_files(const struct option_list *checks, struct err *err);
static int list_all(bool json, struct err *err);
static json_t *workload_of(const struct workload *workload);
static void print_workloads(const json_t *workloads);

static int run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    if (options->names)
        return name_list_print(options->names, stdout, err) < 0 ? EXIT_USAGE : EXIT_OK;
    if (options->checks.count > 0)
        return check_files(&options->checks, err);
    if (options->knobs) {
        knob_list_print();
        return EXIT_OK;
    }
    return options->keys ? list_keys() : list_all(options->json, err);
}

/* "rounds, messages or processes": what the scenarios of this build play. */
static void load_words(char *out, size_t size)
{
    size_t used = 0;
    const struct spec_load *loads = scenario_loads();
    for (size_t i = 0; loads[i].word && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s",
                                 i == 0              ? ""
                                 : loads[i + 1].word ? ", "
                                                     : " or ",
                                 loads[i].word);
}

static int list_keys(void)
{
    for (const struct field *key = spec_keys; key->name; key++) {
        char expected[256];
        if (!key->key)
            continue;
        (void)field_expected(key, expected, sizeof expected);
        if (strcmp(key->key, "load") == 0)
            load_words(expected, sizeof expected);
        AUTO_FREE char *text = NULL;
        char columns[KEY_COLUMN + 4];
        (void)snprintf(columns, sizeof columns, "%-*s ", KEY_COLUMN, key->key);
        wrap_print_last(stdout, columns, key->sentence);
        const char *fallback = key->fallback ? key->fallback : "required";
        if (asprintf(&text, "%s; %s%s", expected, key->fallback && *fallback ? "default " : "",
                     *fallback ? fallback : "none by default") < 0)
            abort();
        (void)snprintf(columns, sizeof columns, "%-*s   ", KEY_COLUMN, "");
        wrap_print_last(stdout, columns, text);
    }
    return EXIT_OK;
}

static int check_files(const struct option_list *checks, struct err *err)
{
    for (size_t i = 0; i < checks->count; i++) {
        AUTO(workload) struct workload workload = {0};
        char folder[PATHS_MAX];
        if (paths_workloads(folder, err) < 0 ||
            spec_load_workload(folder, checks->words[i], scenario_loads(), &workload, err) < 0)
            return EXIT_USAGE;
        (void)printf("%s: good, %jd cycles\n", workload.path, (intmax_t)workload_cycles(&workload));
    }
    return EXIT_OK;
}

static int list_all(bool json, struct err *err)
{
    char programs[PATHS_MAX];
    char folder[PATHS_MAX];
    struct workload *workloads = NULL;
    size_t count = 0;
    if (paths_programs(programs, err) < 0 || paths_workloads(folder, err) < 0 ||
        spec_list(folder, scenario_loads(), &workloads, &count, err) < 0)
        return EXIT_USAGE;
    json_auto_t *listed = json_array();
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(listed, workload_of(&workloads[i]));
        workload_release(&workloads[i]);
    }
    free(workloads);
    json_auto_t *rows = row_list(programs);
    if (json) {
        json_auto_t *all = json_pack("{s:O, s:O}", "rows", rows, "workloads", listed);
        (void)json_dumpf(all, stdout, JSON_INDENT(2));
        (void)putchar('\n');
        return EXIT_OK;
    }
    row_list_print(rows);
    (void)putchar('\n');
    print_workloads(listed);
    return EXIT_OK;
}

static json_t *workload_of(const struct workload *workload)
{
    if (workload->broken)
        return json_pack("{s:o, s:o, s:o}", "name", json_text(workload->name), "path",
                         json_text(workload->path), "broken", json_text(workload->broken));
    return json_pack("{s:o, s:o, s:o, s:s, s:I, s:s, s:n}", "name", json_text(workload->name),
                     "path", json_text(workload->path), "question", json_text(workload->question),
                     "load", workload->load, "cycles", (json_int_t)workload_cycles(workload),
                     "cycle_unit", workload_cycle_unit(workload), "broken");
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static void print_workloads(const json_t *workloads)
{
    size_t index;
    json_t *workload;
    (void)printf("%-22s %-8s %s\n", "WORKLOAD", "CYCLES", "QUESTION");
    json_array_foreach(workloads, index, workload)
    {
        const char *broken = text_of(workload, "broken");
        AUTO_FREE char *columns = NULL;
        AUTO_FREE char *text = NULL;
        char cycles[32];
        (void)snprintf(cycles, sizeof cycles, "%" JSON_INTEGER_FORMAT,
                       json_integer_value(json_object_get(workload, "cycles")));
        if (asprintf(&columns, "%-22s %-8s ", text_of(workload, "name"), *broken ? "-" : cycles) <
                0 ||
            asprintf(&text, "%s%s", *broken ? "broken: " : "",
                     *broken ? broken : text_of(workload, "question")) < 0)
            abort();
        wrap_print_last(stdout, columns, text);
    }
}

const struct command command_list = {
    .name = "list",
    .summary = "rows and workloads, with versions, or why one is unavailable",
    .description = "What can be compared, with versions, and under which workloads.\n\n"
                   "Each allocator's version is asked of a program linked with it, which proves on "
                   "the way that it is really the one; an allocator that is not there is listed "
                   "with what brings it.",
    .options = option_rows,
    .arguments = {.surplus = "list takes options only"},
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run,
};
