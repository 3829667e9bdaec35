/*
 * registry: the driver's table of allocators, generated from the folder list by CMake.
 *
 * A folder is always listed; where its library was not found when the project was configured it has
 * a reason ("libjemalloc not found; Debian: apt install libjemalloc-dev") and no programs.
 */
#pragma once

#include "allocator.h"

struct allocator_entry {
    const struct allocator *allocator;
    const char *unavailable; /* NULL when peer-<name> and proxy-<name> were built */
    const char *library;     /* path of the library that was found at configuration, or NULL */
    const char *package;     /* Debian's, that brings that library alone; NULL: not known */
};

/* NULL-terminated by `.allocator == NULL`; sorted with glibc, the incumbent, first. */
extern const struct allocator_entry allocator_registry[];

/* The folder of this name; NULL: there is none. */
const struct allocator_entry *allocator_entry_find(const char *name);

/* A row: an allocator and one of its variants. */
struct allocator_row {
    const struct allocator_entry *entry;
    const struct allocator_variant *variant;
};

enum { ALLOCATOR_ROW_NAME_MAX = 64 };

/* "jemalloc+prof". Returns `out`. */
const char *allocator_row_name(const struct allocator_row *row, char *out, size_t size);

/* 0, or -ENOENT when no folder and variant make this name. */
int allocator_row_find(const char *name, struct allocator_row *out_row);

/* Walk all rows of all folders: start with *cursor = 0; false at the end. */
bool allocator_row_next(size_t *cursor, struct allocator_row *out_row);
