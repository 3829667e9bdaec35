/*
 * line: text that others wrote, line by line, and what stands in a line.
 *
 *     for (struct line line = line_first(text); line.text; line = line_next(&line)) {
 *         struct line rest = line;
 *         if (line_take(&rest, "Leak of ") && line_take_count(&rest, &bytes) && …)
 *
 * All calls that begin with line_take() take what they name from the beginning of the line, or
 * leave the line as it is and are false. None reads behind its end, and a number that does not fit
 * is none: no reader gets a figure that nobody wrote, and none stands still. Blanks are spaces and
 * tabs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct line {
    const char *text; /* not terminated: `length` characters; NULL: there is none */
    size_t length;
};

struct line line_first(const char *text);

/* The one after it, however much was taken from it. */
struct line line_next(const struct line *line);

bool line_starts(const struct line *line, const char *prefix);

/* Where `word` begins in the line, or NULL. */
const char *line_find(const struct line *line, const char *word);

/* What follows `at`, which points into the line. */
struct line line_from(const struct line *line, const char *at);

/* What precedes it. */
struct line line_until(const struct line *line, const char *at);

/* These words; a space in them stands for any blanks, or none. */
bool line_take(struct line *line, const char *words);

/* Everything before `mark` and the mark itself. */
bool line_take_past(struct line *line, const char *mark);

/* A decimal number without a sign; `out` may be NULL. */
bool line_take_count(struct line *line, int64_t *out);

/* A hexadecimal number, with 0x before it or without; `out` may be NULL. */
bool line_take_hex(struct line *line, uint64_t *out);

/* A word: up to the next blank; not an empty one. `out` may be NULL. */
bool line_take_word(struct line *line, struct line *out);
