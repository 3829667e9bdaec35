/*
 * probe: ask a built program which allocator really serves it. The driver cannot know: the library
 * found at configuration may have been replaced since.
 */
#pragma once

#include "err.h"

enum { PROBE_VERSION_MAX = 64, PROBE_IDENTITY_MAX = 512 };

struct probe {
    char version[PROBE_VERSION_MAX];
    char identity[PROBE_IDENTITY_MAX]; /* the sentence of proof */
};

/* Start PROGRAM-<name> of `programs` (scenarios.h), let it prove itself, and stop it again. -EPERM
 * when it was refused, -ENOENT when it is not built, -ETIMEDOUT, -EPROTO. */
int probe_allocator(const char *programs, const char *name, struct probe *out, struct err *err);

/* The same, and each file that it maps to execute: itself, the loader and its libraries. */
int probe_files(const char *programs, const char *name,
                void (*each)(void *context, const char *path), void *context, struct err *err);
