/* heapchurn cell: carry out cells of a planned run on this host. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "carry_cell.h"
#include "command.h"
#include "progress.h"
#include "shared_options.h"

struct options {
    struct option_words words; /* DIR N... */
    const char *node;
    const char *programs;
};

static const struct option_row option_rows[] = {
    {.name = "node",
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, node),
     .help = "What this host is called (default: SLURMD_NODENAME, else 'uname -n')"},
    OPTION_PROGRAMS(struct options, programs),
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn cell shared/run 3", "the third one"},
    {"heapchurn cell shared/run 3 4 5", "one after another"},
    {"heapchurn cell /runs/a $((JOB_COMPLETION_INDEX + 1)) --node $NODE", "in a pod"},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "each is whole"},
    {"2", "usage, or no such cell, or it is there already"},
    {"3", "something could not be measured; DIR/cells/*.failed says why"},
    {NULL, NULL},
};

static int number_of(const char *word, int64_t *out, struct err *err)
{
    char *end = NULL;
    errno = 0;
    *out = strtoll(word, &end, 10);
    return errno || *end || end == word || *out < 1
               ? err_set(err, -EINVAL, "'%s' is no number of a cell", word)
               : 0;
}

static int exit_of(int code)
{
    return code == 0 ? EXIT_OK
           : code == -ERANGE || code == -EEXIST || code == -ENOENT || code == -EINVAL
               ? EXIT_USAGE
               : EXIT_UNMEASURED;
}

static int run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    const char *under_slurm = getenv("SLURMD_NODENAME");
    struct progress progress = {.live = false};
    const struct measure_observer observer = progress_observer(&progress);
    const struct carry_cell with = {.dir = options->words.words[0],
                                    .node = options->node ? options->node : under_slurm,
                                    .programs = options->programs,
                                    .observer = &observer};
    int worst = EXIT_OK;
    for (size_t i = 1; i < options->words.count; i++) {
        struct err why = ERR_INIT;
        int64_t number = 0;
        int code = number_of(options->words.words[i], &number, &why);
        if (code == 0)
            code = carry_cell(&with, number, &why);
        if (code == 0) {
            (void)printf("%s: cell %" PRId64 " is whole\n", with.dir, number);
            continue;
        }
        if (worst != EXIT_OK) /* the last one is printed by whoever called */
            (void)fprintf(stderr, "heapchurn: %s\n", err->text);
        *err = why;
        worst = exit_of(code) > worst ? exit_of(code) : worst;
        if (code == -EINTR)
            break;
    }
    return worst;
}

const struct command command_cell = {
    .name = "cell",
    .summary = "carry out cells of a planned run on this host",
    .description =
        "Carry out cells of a run that 'heapchurn plan' has written: each is one block of one "
        "workload, measured here from its first trial to its last.\n\n"
        "The host is looked at first, as 'heapchurn doctor' does; where it is unfit, has other "
        "builds than the plan, or a clock that is wrong, nothing is measured. What is measured "
        "lies "
        "in DIR/cells/N, which appears when the cell is whole. A cell that was broken off goes on "
        "where it was, on the same host; on another it begins anew.\n\n"
        "The cell must be alone on its host: two at once would measure each other.",
    .options = option_rows,
    .arguments = {.usage = "DIR N...",
                  .least = 2,
                  .most = SIZE_MAX,
                  .at = offsetof(struct options, words),
                  .completes = COMPLETE_FOLDER,
                  .missing = "which cell? heapchurn cell DIR N; 'heapchurn collect DIR --missing' "
                             "lists them"},
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run,
};
