/*
 * whole_file: a file that is there whole or not at all, whatever happens meanwhile.
 *
 * Its bytes are made in memory, written under a temporary name, synced, and renamed; then its
 * folder is synced. So what returned 0 is there after a power cut, and what did not has changed
 * nothing. Where the name is not of a regular file (a link, a pipe, a device) what it stands for is
 * written.
 */
#pragma once

#include <stdio.h>

#include "err.h"

/* `write` fills it; its negative errno is handed on. -errno of the disk with a sentence. */
int whole_file_write(const char *path, int (*write)(FILE *file, void *context), void *context,
                     struct err *err);

/* What was made, renamed or removed directly in this folder is on the disk. */
int whole_file_sync_folder(const char *folder, struct err *err);
