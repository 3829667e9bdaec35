/*
 * line: walking a text line by line.
 *
 *     for (struct line line = line_first(text); line.text; line = line_next(&line))
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct line {
    const char *text; /* not terminated: `length` characters; NULL: there is none */
    size_t length;
};

static inline struct line line_at(const char *text)
{
    return *text ? (struct line){text, strcspn(text, "\n")} : (struct line){NULL, 0};
}

static inline struct line line_first(const char *text)
{
    return line_at(text);
}

static inline struct line line_next(const struct line *line)
{
    if (!line->text)
        return *line;
    const char *end = line->text + line->length;
    return line_at(end + (*end == '\n'));
}

static inline bool line_starts(const struct line *line, const char *prefix)
{
    return strncmp(line->text, prefix, strlen(prefix)) == 0;
}

/* Where `word` begins in the line, or NULL. */
static inline const char *line_find(const struct line *line, const char *word)
{
    return memmem(line->text, line->length, word, strlen(word));
}
