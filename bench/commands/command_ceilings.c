/* heapchurn ceilings: a ceilings file from a measured run. */
#include <argp.h>
#include <errno.h>
#include <string.h>

#include "ceilings_write.h"
#include "command.h"
#include "result.h"
#include "store.h"
#include "whole_file.h"

enum { ROWS_MAX = 128 };

struct request {
    const char *dir, *output;
    const char *rows[ROWS_MAX + 1]; /* none: all */
    size_t row_count;
};

static const char doc[] =
    "Write ceilings for 'heapchurn check' from a measured run of ten blocks or more."
    "\vEach ceiling is the mean and a tolerance factor times the standard deviation (95 % of runs "
    "stay below it with 95 % confidence), at least 10 % above the median; a comment says how it "
    "came about. A row that leaks gets none.\n\n"
    "EXAMPLES\n"
    "  heapchurn run -w discovery-drained -a glibc -r 10 -o results/ten\n"
    "  heapchurn ceilings results/ten -o ceilings/discovery-drained.yaml";

static const struct argp_option options[] = {
    {"allocator", 'a', "ROW", 0, "For this row only; repeatable", 0},
    {"output", 'o', "FILE", 0, "Write to FILE (default: standard output)", 0},
    {0},
};

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct request *request = state->input;
    switch (key) {
    case 'a':
        if (request->row_count == ROWS_MAX)
            argp_error(state, "more than %d rows", ROWS_MAX);
        request->rows[request->row_count++] = text;
        return 0;
    case 'o':
        request->output = text;
        return 0;
    case ARGP_KEY_ARG:
        if (request->dir)
            argp_error(state, "one folder at a time, not also '%s'", text);
        request->dir = text;
        return 0;
    case ARGP_KEY_END:
        if (!request->dir)
            argp_error(state, "from which run? Name its folder: heapchurn ceilings results/...");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

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

static int run(int argc, char **argv, struct err *err)
{
    static const struct argp argp = {
        .options = options, .parser = parse, .args_doc = "DIR", .doc = doc};
    struct request request = {.dir = NULL};
    struct err why = ERR_INIT;
    if (argp_parse(&argp, argc, argv, 0, NULL, &request) != 0)
        return EXIT_USAGE;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    if (store_load(request.dir, &stored, err) < 0)
        return EXIT_USAGE;
    result_build(&stored, &result);
    struct writing writing = {&result, request.row_count ? request.rows : NULL, &why};
    int code = request.output ? whole_file_write(request.output, write_ceilings, &writing, err)
                              : write_ceilings(stdout, &writing);
    if (why.code < 0)
        *err = why; /* what the file lacks, and not that it could not be written */
    return code == 0 ? EXIT_OK : why.code == -ENOENT ? EXIT_USAGE : EXIT_UNMEASURED;
}

const struct command command_ceilings = {
    .name = "ceilings",
    .summary = "write ceilings for 'check' from a measured run",
    .run = run,
};
