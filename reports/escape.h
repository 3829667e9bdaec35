/*
 * escape: text of others in what we write: nothing in it becomes markup, ends what it stands in, or
 * acts on who shows it.
 */
#pragma once

#include <stdio.h>

enum escape_language {
    ESCAPE_MARKUP,      /* HTML and any XML, in text and in quotes; control characters: U+FFFD */
    ESCAPE_MARKDOWN,    /* also within a cell of a table */
    ESCAPE_OPENMETRICS, /* the value of a label */
    ESCAPE_GITHUB_DATA, /* of a workflow command */
    ESCAPE_GITHUB_PROPERTY, /* likewise, before its "::" */
};

void escape_put(FILE *out, enum escape_language language, const char *text);
