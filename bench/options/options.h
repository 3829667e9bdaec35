/*
 * options: what a command may be told, said once.
 *
 * A command has one const table of option_row, and says in option_arguments what may stand besides.
 * The parser here, `--help` (help.h), the manual page (manual_page.h) and the completions of shells
 * (completion.h) are all made from these two. Values go to a plain struct of the command's own, to
 * the offset its row names:
 *
 *     struct options { struct option_list rows; int64_t blocks; bool quick; };
 *     static const struct option_row rows[] = {
 *         {"allocator", 'a', "ROW", OPTION_LIST, offsetof(struct options, rows),
 *          .completes = COMPLETE_ROWS, .help = "Row to compare, or 'all'"},
 *         {"repetitions", 'r', "N", OPTION_NUMBER, offsetof(struct options, blocks),
 *          .least = 1, .most = 10000, .fallback = "3", .help = "Blocks of every row"},
 *         {"quick", .at = offsetof(struct options, quick), .help = "Fewer rounds"},
 *         {NULL},
 *     };
 *
 * On the command line it is as everywhere: `-r 3`, `-r3`, `--repetitions 3`, `--repetitions=3`,
 * unambiguous beginnings of long names, switches in one word, and `--` before what is no option.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

enum option_kind {
    OPTION_SWITCH,   /* bool */
    OPTION_TEXT,     /* const char *, NULL when not given; the last one holds */
    OPTION_LIST,     /* struct option_list; may be given again and again */
    OPTION_NUMBER,   /* int64_t, a whole number from `least` to `most`; -1 when not given */
    OPTION_DURATION, /* int64_t, ns, such as "1m30s", likewise */
    OPTION_PARSED,   /* anything, by the row's own `parse`, whose sentence names the option */
};

/* What a shell offers for a value. From COMPLETE_ROWS on it asks `heapchurn list --names WORD`;
 * option_names has the words. */
enum option_completion {
    COMPLETE_NOTHING,
    COMPLETE_FILE,
    COMPLETE_FOLDER,
    COMPLETE_PROCESS,
    COMPLETE_COMMAND,
    COMPLETE_ROWS,
    COMPLETE_WORKLOADS,
    COMPLETE_ALLOCATORS,
    COMPLETE_FORMATS,
    COMPLETE_LEAK_TOOLS,
    COMPLETE_TOOLS,
    COMPLETE_SHELLS,
    COMPLETE_NAMES, /* the words of option_names themselves */
    COMPLETIONS,
};
extern const char *const option_names[COMPLETIONS]; /* "rows"; NULL where there is none */

struct option_row {
    const char *name;     /* "workload"; NULL ends the table */
    char letter;          /* 'w', or 0 */
    const char *argument; /* "NAME", as help calls the value; NULL for a switch */
    enum option_kind kind;
    size_t at; /* where the value goes */
    int64_t least, most;
    int (*parse)(const char *text, void *out, struct err *err);
    const char *fallback; /* parsed as if it had been given; help says it */
    enum option_completion completes;
    const char *group;    /* the heading it stands under; NULL as the row before */
    const char *excludes; /* an option, or a group, of which nothing may stand beside this ... */
    const char *because;  /* ... since it "takes what is measured from the stored run" */
    const char *help;
};

/* What stands besides options. All zero: nothing may. */
struct option_arguments {
    const char *usage; /* "DIR", "FILE...", "[-- COMMAND...]" */
    size_t least, most;
    size_t at;    /* a struct option_words */
    bool command; /* the first word that is no option begins a command of its own */
    enum option_completion completes;
    const char *missing; /* "which run? Name its folder: ..." */
    const char *surplus; /* "one folder at a time" */
};

/* A part of argv: the words live as long as that, and end with NULL. */
struct option_words {
    char **words;
    size_t count;
};

enum { OPTION_LIST_MAX = 128 };
struct option_list {
    const char *words[OPTION_LIST_MAX + 1]; /* end with NULL */
    size_t count;
};

/*
 * Read `argv` into `out`, a struct that is all zero. argv[0] is not looked at; words are permuted.
 * 0; OPTIONS_HELP when help is asked for, and `out` is not to be used; or -EINVAL with a sentence.
 * `advice` is what to do about an unknown option: "'heapchurn list --help' lists them".
 */
enum { OPTIONS_HELP = 1 };
int options_parse(const struct option_row *rows, const struct option_arguments *arguments,
                  const char *advice, int argc, char **argv, void *out, struct err *err);
