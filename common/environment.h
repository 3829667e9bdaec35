/*
 * environment: lists of "KEY=value", ended by NULL, as execve() takes them.
 */
#pragma once

#include <stddef.h>

#include "cleanup.h"

/* The value that `environment` (NULL: an empty one) gives to the variable of `entry`, which may be
 * "KEY" or "KEY=value"; NULL: it does not set it. */
const char *environment_value(char *const *environment, const char *entry);

/* An environment that is made, of any length:
 *
 *     AUTO(environment) struct environment made = {.count = 0};
 *     environment_keep(&made, "PATH", "/usr/bin:/bin");
 *     environment_add(&made, "HEAPCHURN_TOOL=%s", name);
 *     … .environment = made.entries …
 */
struct environment {
    char **entries; /* NULL while nothing was added */
    size_t count;
};

/* Aborts when out of memory: the driver cannot go on. */
void environment_add(struct environment *environment, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* All of another one, which may be NULL. */
void environment_add_all(struct environment *environment, char *const *entries);

/* The variable as this process has it, or with the value `otherwise`; NULL: not at all. */
void environment_keep(struct environment *environment, const char *name, const char *otherwise);

void environment_release(struct environment *environment);
DEFINE_AUTO(environment, environment_release)
