/*
 * shared_options: rows of options (options.h) that several commands have, so that they mean the
 * same everywhere. Each macro takes the command's struct of options and the member.
 */
#pragma once

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

int shared_options_weights(const char *text, void *out_weights, struct err *err);
