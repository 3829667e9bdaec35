/*
 * row_list: what `heapchurn list` says of rows: those of this build, and those of row files that
 * are found by name (row_files.h).
 */
#pragma once

#include <jansson.h>

/* An array of objects, as list --json prints it. `programs` is the folder of the programs of
 * trials. The caller owns it. */
json_t *row_list(const char *programs);

/* The same as a table. */
void row_list_print(const json_t *rows);
