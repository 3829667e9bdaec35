/*
 * manual_page: heapchurn(1) for man, made from the rows of the commands.
 */
#pragma once

#include <stdio.h>

#include "command.h"

/* In the macros of man(7). `version` is what `heapchurn --version` says. */
void manual_page_print(const struct command *const *table, const char *version, FILE *out);
