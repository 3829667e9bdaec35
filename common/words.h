/*
 * words: lists of texts, ended by NULL, as execve() takes them: arguments, or an environment of
 * "KEY=value". As long as need be; what the kernel takes is for it to say.
 *
 *     AUTO(words) struct words environment = {.count = 0};
 *     words_keep(&environment, "PATH", "/usr/bin:/bin");
 *     words_add(&environment, "HEAPCHURN_TOOL=%s", name);
 *     … .environment = environment.word …
 *
 * Out of memory they abort: the driver cannot go on.
 */
#pragma once

#include <stddef.h>

#include "cleanup.h"

struct words {
    char **word; /* NULL while nothing was added */
    size_t count;
};

void words_add(struct words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Those of another vector, NULL-terminated or NULL, at the end of this one. */
void words_add_all(struct words *words, char *const *more);

/* The variable as this process has it, or with the value `otherwise`; NULL: not at all. */
void words_keep(struct words *environment, const char *name, const char *otherwise);

/* The value that `environment` (NULL: an empty one) gives to the variable of `entry`, which may be
 * "KEY" or "KEY=value"; NULL: it does not set it. */
const char *words_value(char *const *environment, const char *entry);

/* The vector itself, NULL where nothing was added: the caller frees each word, and the vector. */
char **words_take(struct words *words);

void words_release(struct words *words);
DEFINE_AUTO(words, words_release)
