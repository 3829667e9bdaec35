/*
 * folder: what lies in one folder. Its own path is never read as a pattern: results may be in
 * `r[1]`.
 *
 *     AUTO(folder_files) struct folder_files dumps = {.count = 0};
 *     int code = folder_match(folder, "je.*.heap", &dumps, err);
 *     … dumps.paths[dumps.count - 1] …
 */
#pragma once

#include <limits.h>
#include <stddef.h>

#include "cleanup.h"
#include "err.h"

struct folder_files {
    char **paths; /* in order of name, numbers in it as numbers: je.2 before je.10 */
    size_t count;
};

/* The files directly in `folder` whose name matches the shell pattern. None is no error. -errno
 * with a sentence when the folder cannot be read. */
int folder_match(const char *folder, const char *pattern, struct folder_files *out,
                 struct err *err);

void folder_files_release(struct folder_files *files);
DEFINE_AUTO(folder_files, folder_files_release)

/* Make the folder and those above it that are missing, on the disk too. It may be there. -errno
 * with a sentence. */
int folder_make(const char *folder, struct err *err);

/* The same, and its absolute path. */
int folder_make_absolute(const char *folder, char out[PATH_MAX], struct err *err);

/* Remove all that is in the folder, but not the folder. -errno with a sentence. */
int folder_empty(const char *folder, struct err *err);
