/*
 * manual: what is said of the program as a whole, in --help and on the manual page.
 */
#pragma once

#include "command.h"

struct manual {
    const char *summary;     /* one line */
    const char *description; /* paragraphs, an empty line between */
    const struct help_line *options, *statuses, *environment, *files, *examples;
};

extern const struct manual manual;
