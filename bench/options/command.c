#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "help.h"
#include "memory_stream.h"

/* As a shell takes it for one word. */
static void put_word(FILE *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-./,:=+@%";
    if (*word && word[strspn(word, plain)] == '\0') {
        (void)fputs(word, out);
        return;
    }
    (void)fputc('\'', out);
    for (; *word; word++)
        if (*word == '\'')
            (void)fputs("'\\''", out);
        else
            (void)fputc(*word, out);
    (void)fputc('\'', out);
}

/* The caller frees. */
static char *join_words(int argc, char **argv)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    for (int i = 0; i < argc; i++) {
        (void)fputs(i ? " " : "", out);
        put_word(out, argv[i]);
    }
    return memory_stream_close(&memory);
}

int command_main(const struct command *command, int argc, char **argv, FILE *help, struct err *err)
{
    char advice[64];
    AUTO_FREE char *line = join_words(argc, argv); /* before options_parse() permutes them */
    AUTO_FREE void *options = calloc(1, command->options_size);
    if (!options)
        abort();
    (void)snprintf(advice, sizeof advice, "'heapchurn %s --help' lists them", command->name);
    int code =
        options_parse(command->options, &command->arguments, advice, argc, argv, options, err);
    if (code < 0)
        return EXIT_USAGE;
    if (code == OPTIONS_HELP) {
        help_print(command, help);
        return EXIT_OK;
    }
    return command->run(&(struct command_call){options, line}, err);
}
