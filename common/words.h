/*
 * words: arguments or an environment, in one buffer, NULL-terminated, without allocation.
 *
 *     struct words arguments = {.count = 0};
 *     words_add(&arguments, "--port=%d", port);
 *     … arguments.word …, unless arguments.cut
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { WORDS_MAX = 128, WORDS_TEXT_MAX = 65536 };

struct words {
    char *word[WORDS_MAX + 1];
    int count;
    size_t used;
    bool cut; /* there was more than fits */
    char text[WORDS_TEXT_MAX];
};

void words_add(struct words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Those of another vector, NULL-terminated or NULL, at the end of this one. */
void words_add_all(struct words *words, char *const *more);
