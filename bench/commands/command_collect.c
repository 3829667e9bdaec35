/* heapchurn collect: cells become a run. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "collect.h"
#include "collect_text.h"
#include "command.h"
#include "lock.h"
#include "shared_options.h"

struct options {
    struct option_words dirs;
    bool missing;
};

static const struct option_row option_rows[] = {
    {.name = "missing",
     .at = offsetof(struct options, missing),
     .help = "Only print the numbers of the cells that are still to be carried out"},
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn collect shared/run", "and then: heapchurn report shared/run"},
    {"for N in $(heapchurn collect shared/run --missing); do ...", "those that are left"},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "the run is complete"},
    {"2", "usage, or no run is there"},
    {"3", "cells are missing, or refused; what was brought is kept"},
    {NULL, NULL},
};

static int run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    const char *dir = options->dirs.words[0];
    AUTO(store_lock) struct store_lock lock = STORE_LOCK_INIT;
    AUTO(collected) struct collected collected = {.cells = 0};
    int code = store_lock(dir, &lock, err);
    if (code == 0)
        code = collect(dir, &collect_in_silence, &collected, err);
    if (code < 0)
        return code == -ENOENT || code == -EINVAL ? EXIT_USAGE : EXIT_UNMEASURED;
    if (options->missing) {
        collect_print_missing(&collected);
        return EXIT_OK;
    }
    return collect_say(dir, &collected, err);
}

const struct command command_collect = {
    .name = "collect",
    .summary = "bring the cells of a planned run together",
    .description =
        "Bring together the cells of a run that were carried out, wherever that was.\n\n"
        "Each is checked: of this plan, whole, of a host of the same kind as the others (processor "
        "architecture, page size, huge pages, libraries and builds). What is missing is named, "
        "with "
        "the command that carries out just that; from the first cell on DIR is an ordinary run for "
        "report, check and compare. It may be called as often as one likes.\n\n"
        "Cells of hosts that do not share the folder are copied into DIR/cells first, by whatever "
        "copies files.",
    .options = option_rows,
    .arguments =
        ARGUMENTS_RUN(struct options, dirs, "which run? Name its folder: heapchurn collect DIR"),
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run,
};
