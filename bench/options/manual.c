#include "manual.h"

static const struct help_line options[] = {
    {"-h, --help", "This text; of a command: 'heapchurn COMMAND --help', 'heapchurn help COMMAND'"},
    {"help --man", "All of it as a manual page: heapchurn help --man | man -l -"},
    {"-V, --version", "Version, and the commit it was built from"},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "fine"},
    {"1", "a gate failed: measured, and over the line"},
    {"2", "wrong usage, or a mistake in a workload or ceilings file"},
    {"3", "could not be measured: unfit machine, invalid trials, or inconclusive where a decision "
          "was asked"},
    {"70", "a fault of heapchurn itself"},
    {NULL, NULL},
};

static const struct help_line environment[] = {
    {"HEAPCHURN_PREFIX", "where heapchurn is installed, instead of where it lies itself"},
    {"HEAPCHURN_WORKLOAD_DIR", "folder of the workload files"},
    {"HEAPCHURN_ROW_DIR", "folder of the row files that are found by name, after ./rows"},
    {"HEAPCHURN_PATIENCE", "how much longer to wait for subjects than usual (1)"},
    {"NO_COLOR", "when set, no colours"},
    {NULL, NULL},
};

static const struct help_line files[] = {
    {"workloads/NAME.yaml", "what is run; each opens with the question it answers"},
    {"PREFIX/share/heapchurn/", "of an installation: workloads, rows, ceilings, examples for CI"},
    {"PREFIX/libexec/heapchurn/", "the programs that are measured, one for each allocator"},
    {"PREFIX/lib/heapchurn/", "libraries that are preloaded into what is measured"},
    {"results/TIME-NAME/", "what was measured, in the current folder: run.json, one folder per "
                           "trial"},
    {NULL, NULL},
};

static const struct help_line examples[] = {
    {"heapchurn doctor", "is this machine fit to measure?"},
    {"heapchurn list", "what can be compared, and how"},
    {"heapchurn run -w discovery -r 3", "three blocks of one workload, the usual rows"},
    {"heapchurn run --ready port --load './load {port}' -- ./server {port}", "your own server"},
    {"heapchurn report results/DIR", "the tables again, without measuring"},
    {"heapchurn check results/DIR", "the gate for continuous integration"},
    {NULL, NULL},
};

const struct manual manual = {
    .summary = "whose memory is it: the application's, the allocator's, or neither's?",
    .description =
        "Which memory allocator should a long-lived service run on, and is its growing RSS a leak, "
        "or memory that the allocator keeps?\n\n"
        "heapchurn runs a service under each allocator in turn and exactly the same load: a "
        "program of yours, unmodified, with the allocator preloaded, or a ZeroMQ discovery "
        "service that is linked against each. It samples its memory from outside, asks each "
        "allocator for its own numbers, checks that the work was the same, and says what grew, by "
        "how much, and who holds it.",
    .options = options,
    .statuses = statuses,
    .environment = environment,
    .files = files,
    .examples = examples,
};
