/*
 * row_files: row files by name, as workloads are. `-a jemalloc@5.3.1` finds jemalloc@5.3.1.yaml in
 * rows/ of the current folder, else in heapchurn's own (paths_rows()).
 */
#pragma once

#include <stddef.h>

#include "cleanup.h"

struct row_files {
    char **path; /* by name within a folder; of namesakes the one that is found */
    size_t count;
};

/* What has a '/' or ends in .yaml is a path and stays one; a name becomes the path of its file.
 * NULL where there is none. The caller frees. */
char *row_files_find(const char *name_or_path);

/* All of them, whether they are right or not. Folders that are not there have none. */
void row_files_list(struct row_files *out);
void row_files_release(struct row_files *files);
DEFINE_AUTO(row_files, row_files_release)

/* "jemalloc@5.3.1" of its path, owned by the caller. */
char *row_files_name(const char *path);
