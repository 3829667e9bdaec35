/*
 * name_list: names that a command line may hold, one a line: what completions of shells ask for.
 * Starts no program.
 */
#pragma once

#include <stdio.h>

#include "err.h"

/* Those of `kind`, a word of option_names (options.h). -EINVAL: there is no such kind. */
int name_list_print(const char *kind, FILE *out, struct err *err);
