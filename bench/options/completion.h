/*
 * completion: what a shell offers after `heapchurn`, as a script for that shell, made from the rows
 * of the commands. Names of rows, workloads and tools are asked of `heapchurn list --names` when
 * they are needed, so that the script stays right.
 */
#pragma once

#include <stdio.h>

#include "command.h"

struct completion_shell {
    const char *name;
    void (*print)(const struct command *const *table, FILE *out);
};

/* Ends with name NULL. */
extern const struct completion_shell completion_shells[];

/* A function for bash 4; with the package bash-completion or without. */
void completion_bash(const struct command *const *table, FILE *out);

/* A function _heapchurn for zsh's completion system. */
void completion_zsh(const struct command *const *table, FILE *out);
