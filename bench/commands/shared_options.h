/*
 * shared_options: rows of options (options.h) that several commands have, so that they mean the
 * same everywhere. Each macro takes the command's struct of options and the member.
 */
#pragma once

#include <stdint.h>

#include "options.h"
#include "recommend.h"

/* const char *: NULL is the folder of heapchurn's own programs. */
#define OPTION_PROGRAMS(type, member)                                                             \
    {                                                                                             \
        .name = "programs", .argument = "DIR", .kind = OPTION_TEXT, .at = offsetof(type, member), \
        .completes = COMPLETE_FOLDER,                                                             \
        .help = "Folder of the programs of a trial (default: heapchurn's own)"                    \
    }

/* struct recommend_weights */
#define OPTION_WEIGHTS(type, member)                                                    \
    {                                                                                   \
        .name = "weights", .letter = 'W', .argument = "WEIGHTS", .kind = OPTION_PARSED, \
        .at = offsetof(type, member), .parse = shared_options_weights,                  \
        .fallback = "memory=2,cpu=1,latency=1",                                         \
        .help = "Of the recommendation; a term not named weighs nothing"                \
    }

/* const char *: the folder of what was begun; `excluded` is what it takes from there. */
#define OPTION_RESUME(type, member, excluded, reason, text)                                        \
    {                                                                                              \
        .name = "resume", .argument = "DIR", .kind = OPTION_TEXT, .at = offsetof(type, member),    \
        .completes = COMPLETE_FOLDER, .group = "How", .excludes = (excluded), .because = (reason), \
        .help = (text)                                                                             \
    }

/* bool */
#define OPTION_LIVE(type, member)                                     \
    {                                                                 \
        .name = "live", .at = offsetof(type, member),                 \
        .help = "Show the trials meanwhile on a page of this machine" \
    }

/* const char *: one row, of commands that look into it. */
#define OPTION_ONE_ROW(type, member)                                                   \
    {                                                                                  \
        .name = "allocator", .letter = 'a', .argument = "ROW", .kind = OPTION_TEXT,    \
        .at = offsetof(type, member), .fallback = "glibc", .completes = COMPLETE_ROWS, \
        .help = "Row"                                                                  \
    }

/* struct option_words: what may stand after "--". */
#define ARGUMENTS_COMMAND(type, member)                                             \
    {                                                                               \
        .usage = "[-- COMMAND...]", .most = SIZE_MAX, .at = offsetof(type, member), \
        .command = true, .completes = COMPLETE_COMMAND                              \
    }

/* const char *: a file that is written. */
#define OPTION_OUTPUT_FILE(type, member, text)                                    \
    {                                                                             \
        .name = "output", .letter = 'o', .argument = "FILE", .kind = OPTION_TEXT, \
        .at = offsetof(type, member), .completes = COMPLETE_FILE, .help = (text)  \
    }

/* struct option_words: the folder of one run; `question` is asked where it is missing. */
#define ARGUMENTS_RUN(type, member, question)                                                  \
    {                                                                                          \
        .usage = "DIR", .least = 1, .most = 1, .at = offsetof(type, member),                   \
        .completes = COMPLETE_FOLDER, .missing = (question), .surplus = "one folder at a time" \
    }

int shared_options_weights(const char *text, void *out_weights, struct err *err);
