/*
 * results_folder: where a run is stored when nobody says where: results/20261121T012800Z-NAME in
 * the folder of the caller, new, and of one caller alone: who begins within the same second gets
 * results/20261121T012800Z-NAME-2.
 */
#pragma once

#include <stddef.h>

#include "err.h"

/* Makes it. -errno with a sentence. */
int results_folder_make(const char *name, char *out, size_t size, struct err *err);

/* Nothing has come of it: takes away what was made, and all that is in it. */
void results_folder_forget(const char *folder);
