/* heapchurn ceilings: a ceilings file from a measured run. */
#include <errno.h>
#include <string.h>

#include "ceilings_write.h"
#include "command.h"
#include "result.h"
#include "shared_options.h"
#include "store.h"
#include "whole_file.h"

struct options {
    struct option_words dir;
    const char *output;
    struct option_list rows; /* none: all */
};

static const struct option_row option_rows[] = {
    {.name = "allocator",
     .letter = 'a',
     .argument = "ROW",
     .kind = OPTION_LIST,
     .at = offsetof(struct options, rows),
     .completes = COMPLETE_ROWS,
     .help = "For this row only"},
    OPTION_OUTPUT_FILE(struct options, output, "Write to FILE (default: standard output)"),
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn run -w discovery-drained -a glibc -r 10 -o results/ten", NULL},
    {"heapchurn ceilings results/ten -o ceilings/discovery-drained.yaml", NULL},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "written"},
    {"2", "usage, no such run, or no such row in it"},
    {"3", "the run has too little to say, or the file could not be written"},
    {NULL, NULL},
};

struct writing {
    const struct result *result;
    const char *const *rows;
    struct err *err;
};

static int write_ceilings(FILE *file, void *context)
{
    const struct writing *writing = context;
    return ceilings_write(writing->result, writing->rows, file, writing->err);
}

static int run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    struct err why = ERR_INIT;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    if (store_load(options->dir.words[0], &stored, err) < 0)
        return EXIT_USAGE;
    result_build(&stored, &result);
    struct writing writing = {&result, options->rows.count ? options->rows.words : NULL, &why};
    int code = options->output ? whole_file_write(options->output, write_ceilings, &writing, err)
                               : write_ceilings(stdout, &writing);
    if (why.code < 0)
        *err = why; /* what the file lacks, and not that it could not be written */
    return code == 0 ? EXIT_OK : why.code == -ENOENT ? EXIT_USAGE : EXIT_UNMEASURED;
}

const struct command command_ceilings = {
    .name = "ceilings",
    .summary = "write ceilings for 'check' from a measured run",
    .description =
        "Write ceilings for 'heapchurn check' from a measured run of ten blocks or more.\n\n"
        "Each ceiling is the mean and a tolerance factor times the standard deviation (95 % of "
        "runs stay below it with 95 % confidence), at least 10 % above the median; a comment says "
        "how it came about. A row that leaks gets none.",
    .options = option_rows,
    .arguments = ARGUMENTS_RUN(struct options, dir,
                               "from which run? Name its folder: heapchurn ceilings results/..."),
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run,
};
