#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option_values.h"
#include "text.h"

enum { ROWS_MAX = 48, FIRST_KEY = 0x100, HELP_KEY = 'h' };

const char *const option_names[COMPLETIONS] = {
    [COMPLETE_ROWS] = "rows",
    [COMPLETE_WORKLOADS] = "workloads",
    [COMPLETE_ALLOCATORS] = "allocators",
    [COMPLETE_FORMATS] = "formats",
    [COMPLETE_LEAK_TOOLS] = "leak-tools",
    [COMPLETE_TOOLS] = "tools",
    [COMPLETE_SHELLS] = "shells",
    [COMPLETE_NAMES] = "names",
};

/* A table as getopt_long takes it, and what of it was given. */
struct parser {
    const struct option_row *rows;
    size_t count;
    const char *advice;
    char *out;
    bool given[ROWS_MAX];
    struct option longs[ROWS_MAX + 2];
    char letters[2 * ROWS_MAX + 4];
};

static void parser_init(struct parser *parser, const struct option_row *rows, bool command)
{
    size_t used = 0;
    if (command)
        parser->letters[used++] = '+'; /* stop at the first word that is no option */
    parser->letters[used++] = ':';     /* what is wrong is said here, not by getopt */
    parser->letters[used++] = HELP_KEY;
    parser->rows = rows;
    for (const struct option_row *row = rows; row && row->name; row++) {
        size_t i = parser->count++;
        if (parser->count > ROWS_MAX)
            abort();
        parser->longs[i] = (struct option){
            row->name, row->argument ? required_argument : no_argument, NULL, FIRST_KEY + (int)i};
        if (row->letter)
            parser->letters[used++] = row->letter;
        if (row->letter && row->argument)
            parser->letters[used++] = ':';
    }
    parser->longs[parser->count] = (struct option){"help", no_argument, NULL, HELP_KEY};
}

/* NULL: no option has this key. */
static const struct option_row *row_of(const struct parser *parser, int key)
{
    if (key >= FIRST_KEY)
        return &parser->rows[key - FIRST_KEY];
    for (size_t i = 0; i < parser->count; i++)
        if (key && parser->rows[i].letter == key)
            return &parser->rows[i];
    return NULL;
}

static int set_fallbacks(const struct parser *parser, struct err *err)
{
    int code = 0;
    for (size_t i = 0; code == 0 && i < parser->count; i++) {
        const struct option_row *row = &parser->rows[i];
        if (row->fallback)
            code = option_take(row, row->fallback, parser->out, err);
        else if (row->kind == OPTION_NUMBER || row->kind == OPTION_DURATION)
            *(int64_t *)(void *)(parser->out + row->at) = -1;
    }
    return code;
}

/* `word` is "--name" or "--name=value", and getopt_long knows it not, or not only. */
static int unknown_long(const struct parser *parser, const char *word, struct err *err)
{
    const char *names[ROWS_MAX + 2] = {NULL};
    char name[64];
    size_t begin_so = 0;
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    for (size_t i = 0; i <= parser->count; i++) {
        names[i] = parser->longs[i].name;
        begin_so += strncmp(names[i], name, strlen(name)) == 0;
    }
    if (begin_so > 1)
        return err_set(err, -EINVAL, "several options begin with '--%s'; %s", name, parser->advice);
    const char *nearest = text_nearest(name, names);
    if (nearest)
        return err_set(err, -EINVAL, "unknown option '--%s' (did you mean '--%s'?)", name, nearest);
    return err_set(err, -EINVAL, "unknown option '--%s'; %s", name, parser->advice);
}

/* getopt_long has returned '?'. */
static int unknown(const struct parser *parser, char **argv, struct err *err)
{
    const struct option_row *row = row_of(parser, optopt);
    if (row || optopt == HELP_KEY)
        return err_set(err, -EINVAL, "--%s takes no value", row ? row->name : "help");
    if (optopt)
        return err_set(err, -EINVAL, "unknown option '-%c'; %s", optopt, parser->advice);
    return unknown_long(parser, argv[optind - 1], err);
}

/* `what` is the name of a row, or the group it stands in. */
static bool excluded(const struct parser *parser, size_t index, const char *what)
{
    const char *name = parser->rows[index].name;
    while (index > 0 && !parser->rows[index].group)
        index--;
    const char *group = parser->rows[index].group;
    return strcmp(name, what) == 0 || (group && strcmp(group, what) == 0);
}

/* "-w", or "--seed" where there is no letter. */
static const char *short_name(const struct option_row *row, char *out, size_t size)
{
    if (row->letter)
        (void)snprintf(out, size, "-%c", row->letter);
    else
        (void)snprintf(out, size, "--%s", row->name);
    return out;
}

/* Is something given that another option excludes? */
static int check_exclusions(const struct parser *parser, struct err *err)
{
    char name[64];
    for (size_t i = 0; i < parser->count; i++) {
        const struct option_row *row = &parser->rows[i];
        for (size_t k = 0; k < parser->count && parser->given[i] && row->excludes; k++)
            if (k != i && parser->given[k] && excluded(parser, k, row->excludes))
                return err_set(err, -EINVAL, "--%s %s; leave %s out", row->name, row->because,
                               short_name(&parser->rows[k], name, sizeof name));
    }
    return 0;
}

static int take_arguments(const struct option_arguments *arguments, int argc, char **argv,
                          const char *advice, void *out, struct err *err)
{
    struct option_words found = {argv + optind, (size_t)(argc - optind)};
    bool closed = optind > 1 && strcmp(argv[optind - 1], "--") == 0;
    if (found.count > arguments->most && !arguments->command)
        return err_set(err, -EINVAL, "unexpected argument '%s'; %s", found.words[arguments->most],
                       arguments->surplus ? arguments->surplus : advice);
    if (found.count < arguments->least)
        return err_set(err, -EINVAL, "%s", arguments->missing);
    if (arguments->command && closed && found.count == 0)
        return err_set(err, -EINVAL, "no command stands behind --");
    if (arguments->usage)
        *(struct option_words *)(void *)((char *)out + arguments->at) = found;
    return 0;
}

int options_parse(const struct option_row *rows, const struct option_arguments *arguments,
                  const char *advice, int argc, char **argv, void *out, struct err *err)
{
    struct parser parser = {.advice = advice, .out = out};
    int key = 0;
    int code = 0;
    parser_init(&parser, rows, arguments->command);
    code = set_fallbacks(&parser, err);
    optind = 0; /* glibc: begin anew */
    while (code == 0 && (key = getopt_long(argc, argv, parser.letters, parser.longs, NULL)) != -1) {
        const struct option_row *row = row_of(&parser, key);
        if (row) {
            parser.given[row - rows] = true;
            code = option_take(row, optarg, out, err);
        } else if (key == ':') {
            row = row_of(&parser, optopt);
            code = err_set(err, -EINVAL, "--%s needs a value: %s", row->name, row->argument);
        } else {
            code = key == HELP_KEY ? OPTIONS_HELP : unknown(&parser, argv, err);
        }
    }
    if (code == 0)
        code = check_exclusions(&parser, err);
    return code ? code : take_arguments(arguments, argc, argv, advice, out, err);
}
