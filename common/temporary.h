/*
 * temporary: a folder for files that nobody keeps.
 */
#pragma once

#include <stddef.h>

#include "err.h"

/* Make $TMPDIR/heapchurn-<name>-XXXXXX (/tmp where TMPDIR is not set). */
int temporary_open(const char *name, char *out, size_t size, struct err *err);

/* Remove it and all that is in it; what cannot be removed stays. */
void temporary_remove(const char *folder);

/* A file without a name, open for reading and writing, where such folders are; it goes when it is
 * closed. The descriptor, or -errno with a sentence. */
int temporary_file(struct err *err);
