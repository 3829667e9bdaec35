#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "command.h"
#include "help.h"
#include "manual_page.h"
#include "patience.h"
#include "text.h"
#include "version.h"

enum { COMMANDS_MAX = 32, TITLE_MAX = 64 };

static int help_for(const char *name);
static int run_command(const struct command *command, int argc, char **argv);
static const struct command *find_command(const char *name);
static int unknown_command(const char *name);
static int finish(int exit_code, const struct err *err);

static bool is_one_of(const char *word, const char *const *words)
{
    while (*words && strcmp(*words, word) != 0)
        words++;
    return *words;
}

/* One that is closed stays of no use, but no file that is opened later takes its number. */
static void keep_streams_apart(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    keep_streams_apart();
    static const char *const help_words[] = {"--help", "-h", "-?", NULL};
    static const char *const version_words[] = {"--version", "-V", NULL};
    (void)signal(SIGXFSZ, SIG_IGN); /* a limit on files is an error with a sentence */
    (void)signal(SIGCHLD, SIG_DFL); /* ignored, as a parent may leave it, ends could not be told */
    if (argc < 2) {
        help_print_program(commands, stderr);
        return EXIT_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "help") == 0)
        return help_for(argv[2]);
    if (is_one_of(word, help_words))
        return help_for(NULL);
    if (is_one_of(word, version_words)) {
        bool known = *version_commit;
        (void)printf("heapchurn %s%s%s%s\n", HEAPCHURN_VERSION, known ? " (" : "", version_commit,
                     known ? ")" : "");
        return finish(EXIT_OK, &ERR_INIT);
    }
    struct err err = ERR_INIT;
    if (patience_check(&err) < 0)
        return finish(EXIT_USAGE, &err);
    const struct command *command = find_command(word);
    return command ? run_command(command, argc - 1, argv + 1) : unknown_command(word);
}

/* Of the program, or of the command called so; or the manual page. */
static int help_for(const char *name)
{
    const struct command *command = name ? find_command(name) : NULL;
    if (name && strcmp(name, "--man") == 0) {
        manual_page_print(commands, HEAPCHURN_VERSION, stdout);
        return finish(EXIT_OK, &ERR_INIT);
    }
    if (name && !command)
        return unknown_command(name);
    if (command)
        help_print(command, stdout);
    else
        help_print_program(commands, stdout);
    return finish(EXIT_OK, &ERR_INIT);
}

static int run_command(const struct command *command, int argc, char **argv)
{
    char title[TITLE_MAX];
    struct err err = ERR_INIT;
    (void)snprintf(title, sizeof title, "heapchurn %s", command->name);
    argv[0] = title;
    int exit_code = command_main(command, argc, argv, stdout, &err);
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
