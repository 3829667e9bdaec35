/*
 * help: what --help prints, made from the rows of the commands, as wide as the terminal.
 */
#pragma once

#include <stdio.h>

#include "command.h"

/* Of one command: usage, description, options, exit status, examples. */
void help_print(const struct command *command, FILE *out);

/* Of the whole program: manual.h, and the table of its commands. */
void help_print_program(const struct command *const *table, FILE *out);

/* "-w, --workload NAME"; `letters` false: without the place for a letter. Returns `out`. */
const char *help_option(const struct option_row *row, char *out, size_t size);

/* "Row to compare, or 'all'; repeatable (default 3)". The caller frees. */
char *help_option_text(const struct option_row *row);

/* "[OPTION...] DIR". Returns `out`. */
const char *help_arguments(const struct command *command, char *out, size_t size);
