/* heapchurn report: a stored run as tables and files. Starts no process, measures nothing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "exporter.h"
#include "path.h"
#include "result.h"
#include "shared_options.h"
#include "store.h"

struct options {
    struct option_words dir;
    const char *output;
    struct recommend_weights weights;
    struct option_list formats;
};

static const struct option_row option_rows[] = {
    {.name = "format",
     .letter = 'f',
     .argument = "FORMAT",
     .kind = OPTION_LIST,
     .at = offsetof(struct options, formats),
     .completes = COMPLETE_FORMATS,
     .help = "One of the formats below (default terminal)"},
    OPTION_OUTPUT_FILE(struct options, output, "Write the one format to FILE (- for stdout)"),
    OPTION_WEIGHTS(struct options, weights),
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn report DIR", "the tables, here"},
    {"heapchurn report DIR --format json | jq .", "all numbers"},
    {"heapchurn report DIR -f markdown -f csv", "report.md and samples.csv"},
    {"heapchurn report DIR -f markdown -o tables.md", "one format, into a file"},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "reported"},
    {"2", "usage, or no such run"},
    {"3", "a format could not be written"},
    {NULL, NULL},
};

static bool format_line(size_t index, struct help_line *out)
{
    if (exporters[index])
        *out = (struct help_line){exporters[index]->name, exporters[index]->summary};
    return exporters[index];
}

static int write_format(const struct options *options, const struct exporter *format,
                        const struct result *result, struct err *err)
{
    if (options->output)
        return exporter_write_file(format, result, options->output, err);
    if (options->formats.count <= 1 || !format->file)
        return exporter_print(format, result, err);
    AUTO_FREE char *path = path_join(options->dir.words[0], "%s", format->file);
    return exporter_write_file(format, result, path, err);
}

static int report(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    const struct exporter *formats[OPTION_LIST_MAX] = {exporter_find("terminal", err)};
    size_t count = options->formats.count ? options->formats.count : 1;
    AUTO(stored_run) struct stored_run stored = {0};
    AUTO(result) struct result result = {0};
    for (size_t i = 0; i < options->formats.count; i++)
        if (!(formats[i] = exporter_find(options->formats.words[i], err)))
            return EXIT_USAGE;
    if (options->output && count > 1) {
        (void)err_set(err, -EINVAL,
                      "--output takes one format; several go to their own files in DIR");
        return EXIT_USAGE;
    }
    if (store_load(options->dir.words[0], &stored, err) < 0)
        return EXIT_USAGE;
    result_build(&stored, &result);
    for (size_t i = 0; i < result.workload_count; i++)
        result_recommend(&result.workloads[i], (size_t)stored.run.blocks, &options->weights, NULL);
    for (size_t i = 0; i < count; i++)
        if (write_format(options, formats[i], &result, err) < 0)
            return EXIT_UNMEASURED;
    return EXIT_OK;
}

const struct command command_report = {
    .name = "report",
    .summary = "print a stored run again, or write it in another format",
    .description =
        "The tables of a stored run again, in any format, from its files alone.\n\n"
        "One format goes to standard output. With several, each goes to its own file in DIR, but "
        "the terminal's, which is printed.",
    .options = option_rows,
    .arguments = ARGUMENTS_RUN(struct options, dir,
                               "which run? Name its folder: heapchurn report results/..."),
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .more_title = "Formats",
    .more = format_line,
    .run = report,
};
