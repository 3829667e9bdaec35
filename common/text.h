/*
 * text: the few string helpers every part needs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

/*
 * The entry of `names` (NULL-terminated) nearest to `word` by edit distance (Levenshtein 1966), or
 * NULL when none is near enough to be a likely typing mistake (more than a third of the letters
 * wrong).
 */
const char *text_nearest(const char *word, const char *const *names);

/* Is `word` one of `names` (NULL-terminated)? */
bool text_in(const char *word, const char *const *names);

/* The error for a word that is none of `names`: "unknown row 'jemaloc' (did you mean 'jemalloc'?)",
 * or, where none is near, the advice: "unknown row 'x'; 'heapchurn list' shows all". */
int text_unknown(const char *what, const char *word, const char *const *names, const char *advice,
                 int code, struct err *err);

/* Copy with truncation; always terminated. Returns `out`. */
const char *text_copy(char *out, size_t size, const char *text);

/* A copy of its own; NULL stays NULL. The caller frees. Aborts when out of memory: the driver
 * cannot go on. */
char *text_own(const char *text);

/* Control characters, and bytes that are not UTF-8, become '?', in place: names of processes and
 * files may be anything. */
void text_printable(char *text);

/* A copy in which every byte that is not part of well-formed UTF-8 is U+FFFD: file names and what
 * programs print may be anything. The caller frees. */
char *text_utf8(const char *text);
