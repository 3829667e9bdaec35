/*
 * library_look: a look at the file of an allocator before a row is put on it, and which file it is.
 * Nothing is loaded.
 */
#pragma once

#include <stdbool.h>

#include "err.h"

enum { LIBRARY_NAME_MAX = 256, LIBRARY_SHA256_MAX = 65 };

/* Can the loader of this machine put it under a program, and would it then serve malloc? -ENOENT
 * and other -errno where there is no such file; -ENOEXEC it is no library, one of another
 * architecture, or one that needs a newer glibc; -EINVAL it brings no malloc. Each with a sentence.
 */
int library_look(const char *path, struct err *err);

/* What a program that was linked against it asks the loader for: "libjemalloc.so.2". -errno. */
int library_soname(const char *path, char out[LIBRARY_NAME_MAX], struct err *err);

/* "3a7bd3e2…", 64 digits: of its content. -errno. */
int library_sha256(const char *path, char out[LIBRARY_SHA256_MAX], struct err *err);

/* Are both paths the same file now, whatever they are called? */
bool library_same(const char *a, const char *b);
