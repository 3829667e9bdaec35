#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "text.h"

enum { COMMANDS_MAX = 32, TITLE_MAX = 64 };

static char help_option[] = "--help"; /* argv may be written to */

static int run_command(const struct command *command, int argc, char **argv);
static const struct command *find_command(const char *name);
static int unknown_command(const char *name);
static int finish(int exit_code, const struct err *err);
static void print_help(FILE *stream);

int main(int argc, char **argv)
{
    argp_err_exit_status = EXIT_USAGE;
    (void)signal(SIGCHLD, SIG_DFL); /* ignored, as a parent may leave it, ends could not be told */
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    const char *word = argv[1];
    bool help = strcmp(word, "help") == 0;
    if ((help && argc == 2) || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
        strcmp(word, "-?") == 0) {
        print_help(stdout);
        return finish(EXIT_OK, &ERR_INIT);
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        (void)printf("heapchurn %s\n", HEAPCHURN_VERSION);
        return finish(EXIT_OK, &ERR_INIT);
    }
    if (help) { /* "help run" is "run --help" */
        word = argv[1] = argv[2];
        argv[2] = help_option;
    }
    const struct command *command = find_command(word);
    return command ? run_command(command, argc - 1, argv + 1) : unknown_command(word);
}

static int run_command(const struct command *command, int argc, char **argv)
{
    char title[TITLE_MAX];
    struct err err = ERR_INIT;
    (void)snprintf(title, sizeof title, "heapchurn %s", command->name);
    argv[0] = title;
    if (argc > 1 && strcmp(argv[1], "-h") == 0)
        argv[1] = help_option;
    int exit_code = command->run(argc, argv, &err);
    return finish(exit_code, &err);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; commands[i]; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[COMMANDS_MAX + 1] = {0};
    struct err err = ERR_INIT;
    for (size_t i = 0; commands[i] && i < COMMANDS_MAX; i++)
        names[i] = commands[i]->name;
    (void)text_unknown("command", name, names, "'heapchurn --help' lists them", -EINVAL, &err);
    return finish(EXIT_USAGE, &err);
}

/* The only place that prints an error. A result that could not be written is none. */
static int finish(int exit_code, const struct err *err)
{
    if (exit_code != EXIT_OK && err->text[0])
        (void)fprintf(stderr, "heapchurn: %s\n", err->text);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return exit_code;
    bool told = errno == ENOSPC || errno == EPIPE || errno == EDQUOT || errno == EFBIG;
    (void)fprintf(stderr, "heapchurn: the result could not be written: %s\n",
                  told ? strerror(errno) : "its reader is gone, or its disk is full");
    return exit_code == EXIT_OK ? EXIT_UNMEASURED : exit_code;
}

static void print_help(FILE *stream)
{
    (void)fputs("Usage: heapchurn COMMAND [OPTION...]\n"
                "\n"
                "Which memory allocator should a long-lived messaging service run on, and is its\n"
                "growing RSS a leak, or memory that the allocator keeps?\n"
                "\n"
                "heapchurn runs one ZeroMQ peer and proxy, linked against each allocator in turn,\n"
                "under exactly the same coming and going of other peers. It samples their memory\n"
                "from outside, asks each allocator for its own numbers, checks that the work was\n"
                "the same to the message, and says what grew, by how much, and who holds it.\n"
                "\n"
                "Commands ('heapchurn COMMAND --help' says more):\n",
                stream);
    for (size_t i = 0; commands[i]; i++)
        (void)fprintf(stream, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    (void)fputs("\n"
                "Options:\n"
                "  -h, --help     this text\n"
                "  -V, --version  the version\n"
                "\n"
                "Exit status:\n"
                "   0  fine\n"
                "   1  a gate failed: measured, and over the line\n"
                "   2  wrong usage, or a mistake in a workload or ceilings file\n"
                "   3  could not be measured: unfit machine, invalid trials, or inconclusive\n"
                "      where a decision was asked\n"
                "  70  a fault of heapchurn itself\n"
                "\n"
                "Environment:\n"
                "  HEAPCHURN_WORKLOAD_DIR  folder of the workload files\n"
                "  NO_COLOR                when set, no colours\n"
                "\n"
                "Files:\n"
                "  workloads/NAME.yaml  what is run; each opens with the question it answers\n"
                "  results/TIME-NAME/   what was measured: run.json, one folder per trial\n"
                "\n"
                "Examples:\n"
                "  heapchurn doctor                   is this machine fit to measure?\n"
                "  heapchurn list                     what can be compared, and how\n"
                "  heapchurn run -w discovery -r 3    three blocks of one workload, all rows\n"
                "  heapchurn report results/DIR       the tables again, without measuring\n"
                "  heapchurn check results/DIR        the gate for continuous integration\n",
                stream);
}
