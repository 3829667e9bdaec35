/* heapchurn report: a stored run as tables and files. Starts no process, measures nothing. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "exporter.h"
#include "result.h"
#include "store.h"

enum { FORMATS_MAX = 16 };

struct request {
    const char *dir;
    const char *output;
    struct recommend_weights weights;
    const struct exporter *formats[FORMATS_MAX];
    size_t format_count;
};

static const char doc[] =
    "The tables of a stored run again, in any format, from its files alone."
    "\vOne format goes to standard output. With several, each goes to its own file in DIR, but the "
    "terminal's, which is printed.\n\n"
    "EXAMPLES\n"
    "  heapchurn report DIR                            the tables, here\n"
    "  heapchurn report DIR --format json | jq .       all numbers\n"
    "  heapchurn report DIR -f markdown -f csv         report.md and samples.csv\n"
    "  heapchurn report DIR -f markdown -o tables.md   one format, into a file\n\n"
    "FORMATS";

static const struct argp_option options[] = {
    {"format", 'f', "FORMAT", 0, "One of the formats below; repeatable (default terminal)", 0},
    {"output", 'o', "FILE", 0, "Write the one format to FILE (- for stdout)", 0},
    {"weights", 'W', "WEIGHTS", 0,
     "Of the recommendation (default memory=2,cpu=1,latency=1); a term not named weighs nothing",
     0},
    {0},
};

static int report(const struct request *request, struct err *err);

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct request *request = state->input;
    struct err err = ERR_INIT;
    switch (key) {
    case 'f': {
        const struct exporter *format = exporter_find(text, &err);
        if (!format)
            argp_error(state, "%s", err.text);
        else if (request->format_count == FORMATS_MAX)
            argp_error(state, "more than %d formats", FORMATS_MAX);
        else
            request->formats[request->format_count++] = format;
        return 0;
    }
    case 'o':
        request->output = text;
        return 0;
    case 'W':
        if (recommend_weights_parse(text, &request->weights, &err) < 0)
            argp_error(state, "%s", err.text);
        return 0;
    case ARGP_KEY_ARG:
        if (request->dir)
            argp_error(state, "one folder at a time, not also '%s'", text);
        request->dir = text;
        return 0;
    case ARGP_KEY_END:
        if (!request->dir)
            argp_error(state, "which run? Name its folder: heapchurn report results/...");
        if (request->output && request->format_count > 1)
            argp_error(state, "--output takes one format; several go to their own files in DIR");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The list of formats goes below the last heading of --help. */
static char *help_filter(int key, const char *text, void *input)
{
    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)(uintptr_t)text;
    char *help = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&help, &size);
    if (!out)
        return (char *)(uintptr_t)text;
    (void)fputs(text, out);
    for (size_t i = 0; exporters[i]; i++)
        (void)fprintf(out, "\n  %-12s %s", exporters[i]->name, exporters[i]->summary);
    (void)fclose(out);
    return help;
}

static int run(int argc, char **argv, struct err *err)
{
    struct request request = {.weights = recommend_weights_default};
    const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "DIR",
        .doc = doc,
        .help_filter = help_filter,
    };
    if (argp_parse(&argp, argc, argv, 0, NULL, &request) != 0)
        return EXIT_USAGE;
    if (request.format_count == 0)
        request.formats[request.format_count++] = exporter_find("terminal", err);
    return report(&request, err);
}

const struct command command_report = {
    .name = "report",
    .summary = "print a stored run again, or write it in another format",
    .run = run,
};

static int write_format(const struct request *request, const struct exporter *format,
                        const struct result *result, struct err *err)
{
    if (request->output)
        return exporter_write_file(format, result, request->output, err);
    if (request->format_count == 1 || !format->file)
        return exporter_print(format, result, err);
    AUTO_FREE char *path = NULL;
    if (asprintf(&path, "%s/%s", request->dir, format->file) < 0)
        abort();
    return exporter_write_file(format, result, path, err);
}

static int report(const struct request *request, struct err *err)
{
    AUTO(stored_run) struct stored_run stored = {0};
    AUTO(result) struct result result = {0};
    if (store_load(request->dir, &stored, err) < 0)
        return EXIT_USAGE;
    result_build(&stored, &result);
    for (size_t i = 0; i < result.workload_count; i++)
        result_recommend(&result.workloads[i], (size_t)stored.run.blocks, &request->weights, NULL);
    for (size_t i = 0; i < request->format_count; i++)
        if (write_format(request, request->formats[i], &result, err) < 0)
            return EXIT_UNMEASURED;
    return EXIT_OK;
}
